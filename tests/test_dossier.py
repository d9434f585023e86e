"""A dossier holds every row about its subject, and says what could not be searched."""

import pandas as pd
import pytest

from bangfu import cli
from bangfu.dossier import open_dossier
from bangfu.dossier.dossier import deadline_state
from bangfu.dossier.subject import UnknownSubject, find_subject
from bangfu.publish.dossier import publish_dossier
from handed_over import PARAMS, hand_over

# Yunling's complaint JB20190002 is about helper B00100196; project XM20190027 has the legal representative B00100210.
HELPER, PROJECT, COMPLAINT = "B00100196", "XM20190027", "JB20190002"


def test_every_row_that_holds_the_helpers_number_is_there(yunling_county):
    dossier = open_dossier(yunling_county, HELPER)
    number = dossier.rows["helpers"]["id_number"].iloc[0]
    for table, frame in yunling_county.tables.items():
        # By brute force: any cell that is the helper's number or id number.
        texts = frame.drop(columns="origin").astype("object")
        hit = frame[texts.isin([HELPER, number]).any(axis=1)]
        assert dossier.rows.get(table, frame.head(0))["origin"].tolist() == hit["origin"].tolist(), table


def test_a_household_brings_its_members_and_its_account(yunling_county):
    tables = yunling_county.tables
    benefit = tables["benefits"].iloc[0]
    dossier = open_dossier(yunling_county, benefit["household_id"])
    members = tables["members"][tables["members"]["household_id"] == benefit["household_id"]]
    assert dossier.rows["members"]["origin"].tolist() == members["origin"].tolist()
    by_person = tables["settlements"]["id_number"].isin(members["id_number"])
    assert dossier.rows.get("settlements", tables["settlements"].head(0))["origin"].tolist() == tables["settlements"][by_person]["origin"].tolist()
    assert dossier.money.loc[dossier.money["direction"] == "in", "amount"].sum() == dossier.rows["benefits"]["amount"].sum()


def test_a_complaint_leads_to_what_it_is_about(yunling_county):
    dossier = open_dossier(yunling_county, COMPLAINT)
    assert (dossier.subject.kind, dossier.subject.id, dossier.subject.complaint) == ("helper", HELPER, COMPLAINT)
    assert COMPLAINT in dossier.complaints["complaint_id"].tolist()


def test_findings_about_a_project_and_who_stands_behind_it(yunling_county):
    dossier = open_dossier(yunling_county, PROJECT)
    assert "PJ-05" in dossier.findings.loc[dossier.findings["direct"], "rule_id"].tolist()
    assert len(dossier.relations) == 1 and "法定代表人" in dossier.relations[0].zh and "帮扶责任人" in dossier.relations[0].zh


def test_an_accounts_money_is_counted_from_its_own_side(yunling_county):
    ledger = yunling_county.tables["ledger"]
    other = ledger.loc[ledger["direction"] == "out", "counterparty_account"].mode()[0]
    assert other not in set(ledger["account_no"])  # a contractor's: what is paid to it comes in there
    money = open_dossier(yunling_county, other).money
    paid = ledger[(ledger["counterparty_account"] == other) & (ledger["direction"] == "out")]["amount"].sum()
    assert money.loc[money["direction"] == "in", "amount"].sum() == paid


def test_visits_by_month_add_up(yunling_county):
    dossier = open_dossier(yunling_county, HELPER)
    visits = yunling_county.tables["visits"]
    mine = visits[(visits["helper_id"] == HELPER) & (visits["visited_at"].dt.year == 2019)]
    assert dossier.visits_by_month[["home", "telephone"]].sum().tolist() == [(mine["mode"] == m).sum() for m in ("home", "telephone")]
    assert dossier.visits_by_month["month"].tolist() == list(range(1, 13))


def _complaint(received, closed=None, feedback=None):
    return pd.Series(pd.to_datetime([received, closed, feedback]), index=["received_on", "closed_on", "feedback_on"])


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        # Sixty days from 1 March are 30 April.
        (_complaint("2019-03-01", "2019-04-30", "2019-05-02"), "未超期,2019-05-02反馈"),
        (_complaint("2019-03-01", "2019-05-01", "2019-05-02"), "超期1天"),
        (_complaint("2019-03-01", "2019-04-30"), "没有反馈"),
        # Sixty days from 1 November are 31 December.
        (_complaint("2019-11-01"), "仍在期限内"),
        (_complaint("2019-10-31"), "已超期1天"),
        (_complaint(None), "无从计算"),
    ],
)
def test_the_state_of_a_deadline(complaint, said):
    assert said in deadline_state(complaint, 60, pd.Timestamp(2019, 12, 31)).zh


def test_an_unknown_id_brings_the_nearest(yunling_county):
    with pytest.raises(UnknownSubject) as wrong:
        find_subject(yunling_county.tables, "XM2019002")
    assert "XM2019" in wrong.value.say("zh") and "did you mean" in wrong.value.say("en")


def test_a_complaint_about_nobody_says_so(yunling_county):
    complaints = yunling_county.tables["complaints"]
    tables = yunling_county.tables | {"complaints": complaints.assign(about=complaints["about"].mask(complaints["complaint_id"] == COMPLAINT))}
    with pytest.raises(UnknownSubject, match="没有填写反映对象"):
        find_subject(tables, COMPLAINT)


def test_the_page_names_its_recipient_and_each_row(yunling_county, tmp_path):
    dossier = open_dossier(yunling_county, HELPER)
    page = publish_dossier(dossier, tmp_path, "甘检查").read_text(encoding="utf-8")
    # On the cover, in the footer of every printed page, and at the end.
    assert page.count("仅供甘检查") >= 3 and "@bottom-left { content: \"内部版 · 仅供甘检查" in page
    assert dossier.rows["helpers"]["id_number"].iloc[0] in page  # not masked
    for rows in dossier.rows.values():
        for (place,) in dossier.sources(rows):
            assert place["file"] in page and str(place["row"]) in page
    assert publish_dossier(dossier, tmp_path, "甘检查").read_text(encoding="utf-8") == page


@pytest.fixture
def small(tmp_path):
    """A county of one household without any table of money, complaints or registers."""
    hand_over(tmp_path / "raw")
    (tmp_path / "small.yml").write_text(PARAMS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def bangfu(small, capsys):
    """Runs `bangfu dossier` on the small county: (status, standard output, standard error)."""

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["dossier", str(small / "small.yml"), "--year", "2019", "--reports", str(small / "reports"), *words])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--subject", "B9", "--recipient", "甲"], "可用的有:B1、B2、H1"), (["--subject", "B1", "--recipient", " "], "--recipient 不能为空"), (["--subject", "B1"], "缺少 --recipient")],
)
def test_wrong_words_are_said_in_a_sentence(words, said, bangfu):
    status, _, err = bangfu(*words)
    assert status == 2 and said in err.replace("\uff1a", ":") and err.count("\n") == 1


def test_the_command_leaves_a_page_and_begins_no_run(bangfu, small):
    status, out, _ = bangfu("--subject", "H1", "--recipient", "甘检查")
    assert status == 0 and "仅供甘检查" in out
    assert [p.relative_to(small / "reports").as_posix() for p in (small / "reports").rglob("*") if p.is_file()] == ["999001/2019/dossiers/household-H1.html"]
    page = (small / "reports/999001/2019/dossiers/household-H1.html").read_text(encoding="utf-8")
    assert "张三" in page and "没有提交" in page and "到户补助" in page
