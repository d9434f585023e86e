"""Counties side by side: rates computed by hand, counties not assessed, and persons, accounts and transfers planted across counties."""

import json
from fractions import Fraction

import pandas as pd
import pytest

from bangfu import identity
from bangfu.cli import main
from bangfu.problems import UnusableInput, WrongParams
from bangfu.province import Tables, contractors, crossing, find, indicators, league, read_settings, same_rule, shared_accounts, transfers
from bangfu.province.indicators import visits_missed
from bangfu.province.rules import by_rule_and_county
from bangfu.province.suppression import small
from bangfu.province.tables import eighteen
from bangfu.province.topics import by_topic
from bangfu.publish.pages import Province
from province_of import CRITERIA, YEAR, households, leave_run, origin

# Id numbers of nobody: areas beginning with 999, check characters computed by hand with the weights of GB 11643-1999.
# 99900119500101123?: 9·7+9·9+9·10+0·5+0·8+1·4+1·2+9·1+5·6+0·3+0·7+1·9+0·10+1·5+1·8+2·4+3·2 = 315; 315 mod 11 = 7 -> "5".
ONE = "999001195001011235"
OLD_ONE = "999001500101123"  # the same person's number of the first generation
SETTINGS = read_settings()


def opened(reports, **changed):
    return Tables(find(reports, YEAR), SETTINGS.model_copy(update=changed), reports)


# -- which counties ------------------------------------------------------------------------------------------------


def test_a_county_that_cannot_be_used_is_said_and_not_counted(tmp_path):
    leave_run(tmp_path, "999101", "甲县")
    (leave_run(tmp_path, "999102", "乙县") / "record.json").unlink()
    leave_run(tmp_path, "999103", "丙县", year=2018)
    (leave_run(tmp_path, "999104", "丁县", tables={"members": []}) / "tables" / "members.parquet").write_bytes(b"PAR1 no")
    leave_run(tmp_path, "999105", "戊县", outputs={"findings.parquet": "0" * 64})
    (tmp_path / "province" / str(YEAR)).mkdir(parents=True)
    counties = find(tmp_path, YEAR)
    assert [c.code for c in counties.used] == ["999101"]
    said = {code: s.zh for code, s in counties.left_out.items()}
    assert set(said) == {"999102", "999103", "999104", "999105"}
    assert "record.json" in said["999102"] and "有2018" in said["999103"] and "members.parquet" in said["999104"] and "findings.parquet" in said["999105"]


def test_no_county_at_all_is_a_sentence(tmp_path):
    with pytest.raises(UnusableInput, match="没有2019年度可用的县"):
        find(tmp_path, YEAR)
    with pytest.raises(WrongParams, match="不存在"):
        find(tmp_path / "nowhere", YEAR)


def test_packs_and_criteria_that_differ_are_said(tmp_path):
    leave_run(tmp_path, "999101", "甲县")
    leave_run(tmp_path, "999102", "乙县", policy="another", criteria=CRITERIA | {"EX-01": "收入线4000元"}, language="en")
    told = " ".join(s.zh for s in find(tmp_path, YEAR).differences())
    assert "政策包不同:another(乙县);laizhou-2018-8(甲县)" in told and "报告语言不同" in told and "EX-01" in told and "评分卡" not in told


def test_the_connection_reaches_nothing_but_the_counties(tmp_path):
    leave_run(tmp_path / "reports", "999101", "甲县")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with opened(tmp_path / "reports") as tables:
        for question in (f"SELECT * FROM read_csv('{tmp_path}/secret.csv')", "INSTALL httpfs", "SET memory_limit = '9GB'"):
            with pytest.raises(Exception, match="disabled|locked"):
                tables.ask(question)
        spill = tables._spill
        assert spill.exists()
    assert not spill.exists()


# -- rates ---------------------------------------------------------------------------------------------------------


def helper(name: str, missed: int, due: int, role: str = "first") -> dict:
    return {"helper_id": name, "role": role, "visits_missed": missed, "visits_due": due}


def test_visits_missed_by_hand(tmp_path):
    """甲: helpers of (missed, due) (2, 6), (0, 6), (1, 12): p = 3/24 = 1/8. Sum of (m - d/8)^2 = (2 - 3/4)^2 + (3/4)^2 + (1 - 3/2)^2
    = 25/16 + 9/16 + 4/16 = 38/16; times k/(k-1) = 3/2, over 24^2: 57/16/576."""
    leave_run(tmp_path, "999101", "甲县", helpers=[helper("B1", 2, 6), helper("B2", 0, 6), helper("B3", 1, 6), helper("B3", 0, 6, "second"), helper("B4", 0, 0)])
    leave_run(tmp_path, "999102", "乙县", helpers=[helper("B1", 0, 12), helper("B2", 0, 12)])
    leave_run(tmp_path, "999103", "丙县", helpers=[helper("B1", 0, 0)])
    leave_run(tmp_path, "999104", "丁县")
    with opened(tmp_path) as tables:
        rows = visits_missed(tables).rows.set_index("county")
    assert rows.loc["999101", ["count", "size", "clusters"]].tolist() == [3, 24, 3]
    assert rows.at["999101", "variance"] == pytest.approx(float(Fraction(57, 16) / 576))
    assert rows.loc["999102", ["count", "size"]].tolist() == [0, 24]
    assert rows.loc[["999103", "999104"], "count"].isna().all() and rows.loc[["999103", "999104"], "reason"].tolist() == ["没有应走访的记录", "没有提交所需的表"]


def test_counties_with_other_duties_are_not_compared(tmp_path):
    for code, criteria in (("999101", CRITERIA), ("999102", CRITERIA), ("999103", CRITERIA | {"HV-01": "每三月一次"})):
        leave_run(tmp_path, code, code, helpers=[helper("B1", 1, 24)], criteria=criteria)
    with opened(tmp_path) as tables:
        told = league(visits_missed(tables), SETTINGS).table.set_index("county")
    assert told["rank"].notna().tolist() == [True, True, False] and "标准与多数县不同" in told.at["999103", "reason"]


def concerned(reports, code, number, found, assessed=100):
    """A county of `number` households, `found` of them with an open finding of EX-01."""
    findings = [{"rule_id": "EX-01", "subject": f"{code}H{n}"} for n in range(found)]
    leave_run(reports, code, code, tables={"households": households(number, code)}, found=findings, assessed={"EX-01": assessed} if assessed else None)


def of(tables, name):
    return next(i for i in indicators(tables, SETTINGS) if i.name == name)


def test_households_concerned_with_exact_intervals_and_ties(tmp_path):
    """Of 20 households none: the exact interval ends at 1 - 0.025^(1/20) = 0.16843 (Clopper and Pearson 1934, by hand: (1 - p)^20 = 0.025)."""
    concerned(tmp_path, "999101", 20, 0)
    concerned(tmp_path, "999102", 40, 10)
    concerned(tmp_path, "999103", 80, 20)
    concerned(tmp_path, "999104", 30, 2, assessed=None)
    with opened(tmp_path) as tables:
        told = league(of(tables, "households"), SETTINGS)
    rows = told.table.set_index("county")
    assert rows.loc[["999101", "999102", "999103"], "rate"].tolist() == [0, 0.25, 0.25]
    assert rows.at["999101", "low"] == 0 and rows.at["999101", "high"] == pytest.approx(1 - 0.025 ** (1 / 20))
    assert rows["rank"].tolist()[:3] == [2, 2, 1] and rows["tied"].tolist()[:3] == [True, True, False]
    assert told.table["county"].tolist() == ["999102", "999103", "999101", "999104"]
    assert pd.isna(rows.at["999104", "count"]) and "coverage.parquet" in rows.at["999104", "reason"]
    assert told.exact.target == pytest.approx(30 / 140)


def test_a_household_counts_once_and_only_for_open_findings(tmp_path):
    found = [{"rule_id": "EX-01", "subject": "aH1"}, {"rule_id": "EX-02", "subject": "aH1"}, {"rule_id": "EX-01", "subject": "aH2", "status": "exempt"}, {"rule_id": "EX-01", "subject": "gone"}, {"rule_id": "PC-01", "subject": "aH3|识别"}]
    leave_run(tmp_path, "999101", "甲县", tables={"households": households(25, "a")}, found=found, assessed={"EX-01": 25, "EX-02": 25, "PC-01": 25})
    with opened(tmp_path) as tables:
        told = of(tables, "households")
    assert told.rows.loc[0, ["count", "size"]].tolist() == [2, 25] and told.rules == ("EX-01", "EX-02", "PC-01")


def test_a_county_that_did_not_look_is_not_clean(tmp_path):
    for n in range(5):
        concerned(tmp_path, f"99910{n}", 30, 3, assessed="缺少表:收入核算" if n == 4 else 30)
    with opened(tmp_path) as tables:
        rows = of(tables, "households").rows.set_index("county")
    assert rows["count"].tolist()[:4] == [3, 3, 3, 3] and pd.isna(rows.at["999104", "count"]) and "EX-01" in rows.at["999104", "reason"]


def test_yuan_in_question_count_each_payment_once(tmp_path):
    """1,000.00, 500.00 and 500.00 yuan paid, two findings on the first: 1/2 of the yuan. Deviations m - p d: 500, -250, -250 yuan; their
    squares sum to 375,000; 3/2 of that over 2,000^2 = 0.140625."""
    paid = [{"benefit_id": f"P{n}", "amount": amount, "origin": origin(0, n + 2)} for n, amount in enumerate((100000, 50000, 50000))]
    place = [{"file": "到户补助.csv", "sheet": "", "row": 2}]
    found = [{"rule_id": "BE-01", "subject": "P0", "money_sources": place}, {"rule_id": "BE-06", "subject": "x|y", "money_sources": place}, {"rule_id": "BE-01", "subject": "P1", "money_sources": [place[0] | {"row": 3}], "status": "rejected"}]
    leave_run(tmp_path, "999101", "甲县", tables={"benefits": paid}, found=found, assessed={"BE-01": 3, "BE-06": 3})
    leave_run(tmp_path, "999102", "乙县", assessed={"BE-01": "缺少表", "BE-06": "缺少表"})
    with opened(tmp_path) as tables:
        rows = of(tables, "benefits").rows.set_index("county")
    assert rows.loc["999101", ["count", "size", "units"]].tolist() == [100000, 200000, 3]
    assert rows.at["999101", "variance"] == pytest.approx(0.140625)
    assert pd.isna(rows.at["999102", "size"]) and "没有提交" in rows.at["999102", "reason"]


def test_the_same_rule_over_all_counties(tmp_path):
    """Four counties of 1,000 items with 10 findings and one with 60: 100 of 5,000 = 2%. Of 1,000 at 2%, 60 or more is beyond the 99.8% limit."""
    for n in range(5):
        concerned(tmp_path, f"99910{n}", 1000, 60 if n == 4 else 10, assessed=1000)
    leave_run(tmp_path, "999105", "未评估县", assessed={"EX-01": "缺少表:收入核算"})
    leave_run(tmp_path, "999106", "另标准县", assessed={"EX-01": 10}, criteria=CRITERIA | {"EX-01": "收入线4000元"})
    leave_run(tmp_path, "999107", "旧运行县")
    with opened(tmp_path) as tables:
        rows = by_rule_and_county(tables)
        told = same_rule(rows, SETTINGS).set_index("rule_id").loc["EX-01"]
        topics = by_topic(tables).set_index("county")
    assert told[["findings", "assessed", "alike", "otherwise", "absent"]].tolist() == [100, 5000, 5, 1, 2]
    assert told["rate"] == pytest.approx(0.02) and told["above"] == ["999104"] and told["dispersion"] > 1
    reasons = rows.set_index("county")["reason"]
    assert reasons["999105"] == "缺少表:收入核算" and "coverage.parquet" in reasons["999107"]
    assert topics.at["999104", "rate"] == 60 and topics.at["999106", "findings"] == 0 and pd.isna(topics.at["999105", "findings"]) and pd.isna(topics.at["999107", "findings"])


# -- what crosses --------------------------------------------------------------------------------------------------


def test_old_numbers_are_written_out_as_identity_does(tmp_path):
    leave_run(tmp_path, "999101", "甲县")
    numbers = [OLD_ONE, ONE, "999001500101998", "12", None]
    with opened(tmp_path) as tables:
        told = tables.ask(f"SELECT {eighteen('n')} AS n FROM (SELECT unnest(?::VARCHAR[]) AS n)", [numbers])["n"]
    assert told.tolist()[:4] == [ONE, ONE, "999001500101998", "12"] and pd.isna(told[4])
    assert told.dropna().tolist() == identity.eighteen(pd.Series(numbers, dtype="str")).dropna().tolist()


def test_persons_in_two_counties(tmp_path):
    number = "999001198002022255"
    wrong = "999001199001011111"  # its check character is wrong
    leave_run(tmp_path, "999101", "甲县", tables={
        "members": [{"household_id": "A1", "name": "张 三", "id_number": OLD_ONE}, {"household_id": "A2", "name": "李四", "id_number": wrong}, {"household_id": "A3", "name": "王五", "id_number": number}],
        "households": [{"household_id": "A1", "head_name": "张三", "head_id_number": ONE}], "deaths": [{"name": "张三", "id_number": ONE, "died_on": pd.Timestamp(2019, 3, 1)}]})  # fmt: skip
    leave_run(tmp_path, "999102", "乙县", tables={
        "members": [{"household_id": "B1", "name": "张三", "id_number": ONE}, {"household_id": "B2", "name": "赵六", "id_number": wrong}],
        "helpers": [{"helper_id": "Z1", "name": "王武", "id_number": number}],
        "benefits": [{"household_id": "B1", "name": "张三", "id_number": ONE, "amount": 10000, "paid_on": pd.Timestamp(2019, 2, 1)}, {"household_id": "B1", "name": "张三", "id_number": ONE, "amount": 12345, "paid_on": pd.Timestamp(2019, 4, 1)}]})  # fmt: skip
    leave_run(tmp_path, "999103", "丙县", tables={"members": [{"household_id": "C2", "name": "李四", "id_number": wrong}]})
    with opened(tmp_path) as tables:
        told = crossing(tables).set_index(["kind", "person"])
        where = [tables.where(c, o) for c, o in told.at[("dead", ONE), "rows"]]
    assert set(told.index) == {("registered", ONE), ("registered", wrong), ("official", number), ("dead", ONE)}
    assert told.at[("registered", ONE), "counties"] == "999101|999102" and told.at[("registered", ONE), "status"] == "exact"
    assert told.at[("registered", wrong), "counties"] == "999101|999103" and told.at[("registered", wrong), "status"] == "doubtful"
    assert told.at[("official", number), "status"] == "doubtful"  # 王五 and 王武 beside one number
    assert told.at[("dead", ONE), "amount"] == 12345 and where == ["其他.csv · 2", "其他.csv · 3"]


def test_a_person_in_one_county_only_is_not_told(tmp_path):
    twice = [{"household_id": "A1", "name": "张三", "id_number": ONE}, {"household_id": "A2", "name": "张三", "id_number": ONE}]
    leave_run(tmp_path, "999101", "甲县", tables={"members": twice})
    leave_run(tmp_path, "999102", "乙县", tables={"members": [{"household_id": "B1", "name": "张三"}]})
    with opened(tmp_path) as tables:
        assert crossing(tables).empty


def test_accounts_and_contractors_in_two_counties(tmp_path):
    paid = {"account_no": "6210000000000001", "account_name": "张三"}
    leave_run(tmp_path, "999101", "甲县", tables={"benefits": [paid | {"household_id": "A1", "amount": 100}, paid | {"household_id": "A2", "amount": 250}, {"account_no": "777", "amount": 5}],
                                                 "projects": [{"contractor": "某建筑公司", "contract_amount": 1000, "legal_representative_id": ONE}]})  # fmt: skip
    leave_run(tmp_path, "999102", "乙县", tables={"benefits": [paid | {"household_id": "B1", "amount": 70}], "projects": [{"contractor": "某建筑公司", "contract_amount": 500, "legal_representative_id": "x"}, {"contractor": "另一公司", "contract_amount": 1}]})
    with opened(tmp_path) as tables:
        accounts, firms = shared_accounts(tables), contractors(tables)
    assert accounts[["account_no", "county", "households", "payments", "amount"]].values.tolist() == [["6210000000000001", "999101", 2, 2, 350], ["6210000000000001", "999102", 1, 1, 70]]
    assert firms[["contractor", "counties", "projects", "amount", "representatives"]].values.tolist() == [["某建筑公司", "999101|999102", 2, 1500, 2]]


def booked(account, direction, other, amount, day=1, number="T1"):
    return {"account_no": account, "direction": direction, "counterparty_account": other, "amount": amount, "posted_on": pd.Timestamp(2019, 5, day), "txn_id": number}


def test_transfers_between_counties_count_each_fen_once(tmp_path):
    own = [{"account_no": "B-fund", "account_kind": "扶贫资金专户"}, {"account_no": "firm", "account_kind": "企业账户"}]
    leave_run(tmp_path, "999101", "甲县", tables={"ledger": [booked("A-fund", "out", "B-fund", 5000), booked("A-fund", "out", "B-fund", 5000, 2, "T2"), booked("A-fund", "out", "firm", 9), booked("A-fund", "out", "A-other", 8), booked("A-other", "in", "A-fund", 8),
                                                             booked("both", "out", "B-fund", 77)]})  # fmt: skip
    leave_run(tmp_path, "999102", "乙县", tables={"accounts": own, "ledger": [booked("B-fund", "in", "A-fund", 5000, 3), booked("B-fund", "in", "A-fund", 600, 4), booked("both", "in", "A-fund", 4)]})
    leave_run(tmp_path, "999103", "丙县", tables={"accounts": [{"account_no": "C-fund", "account_kind": "扶贫资金专户"}]})
    with opened(tmp_path) as tables:
        told = transfers(tables, SETTINGS)
    assert told.rows[["sender", "receiver", "amount", "books"]].values.tolist() == [["999101", "999102", 5000, "both"], ["999101", "999102", 5000, "sender"], ["999101", "999102", 600, "receiver"]]
    assert told.between.values.tolist() == [["999101", "999102", 3, 10600]]
    assert told.without_books == ["999103"] and told.disputed[["account_no", "counties", "rows"]].values.tolist() == [["both", "999101|999102", 2]]


# -- what is shown -------------------------------------------------------------------------------------------------


def test_small_counts_are_hidden_and_cannot_be_worked_out():
    counts = pd.Series([0, 3, 9, 7, pd.NA], dtype="Int64")
    assert small(counts, 5).tolist() == [False, True, False, False, False]
    assert small(counts, 5, with_total=True).tolist() == [False, True, False, True, False]
    assert not small(pd.Series([0, 5]), 5).any()


@pytest.fixture
def page(tmp_path):
    member = {"household_id": "Z9", "name": "欧阳丽华", "id_number": ONE}
    for n, found in enumerate((3, 12, 30)):
        code = f"99910{n}"
        findings = [{"rule_id": "EX-01", "subject": f"{code}H{h}"} for h in range(found)]
        leave_run(tmp_path, code, f"{'甲乙丙'[n]}县", tables={"households": households(100, code), "members": [member] if n else []}, found=findings, assessed={"EX-01": 100}, helpers=[helper("B1", n, 12), helper("B2", 0, 12)])
    return lambda **options: Province.open(str(tmp_path), YEAR, **options)


def test_the_public_edition_names_nobody_and_hides_small_counts(page):
    public = page()
    shown = public.league("households")._repr_html_()
    assert "&lt;5" in shown and ">12<" not in shown and ">30<" in shown  # with one alone hidden, 45 - 12 - 30 would tell
    assert "甲县" not in public.league_chart("households").alt and "丙县" in public.league_chart("households").alt
    people = public.persons()._repr_html_() + repr(public.persons_of("registered")) + repr(public.conclusion())
    assert "欧阳" not in people and ONE not in people and "&lt;5" in people
    inside = page(edition="internal")
    assert "欧阳丽华" in inside.persons_of("registered")._repr_html_() and ">3<" in inside.league("households")._repr_html_()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_left_is_the_same_each_time(page, lang):
    first = page(lang=lang)
    assert first.differences() is not None and first.funnel("households").figure is not None
    assert "3" in first.topics_chart().title and first.rules_chart().figure is not None and first.transfers_not_told() is not None
    first.finish()
    before = {p.name: p.read_bytes() for p in first.folder.iterdir()}
    assert set(before) == {"province.json", "crossing.xlsx"}
    page(lang=lang).finish()
    assert {p.name: p.read_bytes() for p in first.folder.iterdir()} == before
    told = json.loads(before["province.json"])
    assert told["persons"] == {"registered": 1} and told["counties"] == {"999100": "甲县", "999101": "乙县", "999102": "丙县"}


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    for argv, said in ((["--reports", str(tmp_path / "none"), "--year", "2019"], "不存在"), (["--reports", str(tmp_path), "--year", "2019"], "没有2019年度可用的县"), (["--reports", str(tmp_path), "--year", "2019", "--lang", "fr"], "--lang"), (["--year", "2019"], "--reports")):
        with pytest.raises(SystemExit) as stop:
            main(["province", *argv])
        assert stop.value.code == 2 and said in capsys.readouterr().err


@pytest.mark.long
def test_the_command_publishes_a_page_that_loads_nothing(page, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["province", "--reports", str(tmp_path), "--year", str(YEAR)])
    assert stop.value.code == 0
    folder = tmp_path / "province" / str(YEAR)
    assert {"province.html", "province.ipynb", "province.json", "crossing.xlsx"} <= {p.name for p in folder.iterdir()} and "3个县" in capsys.readouterr().out
    html = (folder / "province.html").read_text(encoding="utf-8")
    assert "各县对照" in html and "欧阳" not in html and "src=\"http" not in html and str(tmp_path) not in html + (folder / "province.ipynb").read_text(encoding="utf-8")
