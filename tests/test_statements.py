"""Statements of helpers: what stands on a page is what the assessment says, and nothing in a published folder tells of a person."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from assessed import assess, card, county, found
from bangfu import cli
from bangfu.assessment import months
from bangfu.assessment.statement import StatementBook
from bangfu.charts.calendar import Line, duty_calendar
from bangfu.corrections import Correction, Corrections
from bangfu.county import County
from bangfu.findings import SCHEMA
from bangfu.intake import dictionary
from bangfu.intake.dictionary import personal_columns
from bangfu.params import read_pack
from bangfu.publish.html import publish_shown
from bangfu.publish.masking import Masker
from bangfu.publish.statements.disclosure import few, hidden
from bangfu.publish.statements.folder import Folder
from bangfu.publish.statements.page import StatementPages
from bangfu.sample.making import make_county
from handed_over import FILES, PARAMS, hand_over

LEAVE = Correction(kind="leave", helper_id="R06", **{"from": "2019-03-01", "to": "2019-04-30"}, reason="住院", approved_by="县扶贫办", approved_on="2019-05-05", valid_until="2019-12-31")
FINDINGS = [("HV-01", "R06", "new"), ("HV-06", "R08", "new"), ("HV-07", "V001", "rejected"), ("HV-01", "R02", "vanished"), ("HV-11", "丙局", "confirmed")]


def findings(*rows) -> pd.DataFrame:
    """Findings of (rule, subject, status) with every column of the finding table."""
    table = found(*rows).reindex(columns=[f.name for f in SCHEMA])
    return table.assign(finding_id=[f"F{i}" for i in range(len(table))], severity="high", title="题", title_en="title", condition="事实", condition_en="fact", criteria="标准", criteria_en="criteria", sources=[[{"file": "走访.csv", "sheet": None, "row": 7}]] * len(table))


def book(rows=FINDINGS, corrections: Corrections = Corrections(), **more) -> StatementBook:
    by = card(statements={"answer_days": 10, "smallest": 3})
    tables = county()
    tables["visits"] = tables["visits"].assign(origin=tables["visits"]["origin"].to_numpy())
    told = findings(*rows)
    return StatementBook(tables, assess(tables, by, told, corrections), told, **more)


def pages(edition: str = "internal", lang: str = "zh", **more) -> StatementPages:
    """The pages of the hand-made county."""
    b = book(**more)
    where = lambda token: {"file": f"表{token >> 32}.csv", "sheet": None, "row": token & 0xFFFFFFFF}  # noqa: E731
    settings = SimpleNamespace(pack=read_pack("laizhou-2018-8"))
    here = SimpleNamespace(assessed=b.assessed, helpers=b.assessed.helpers, card=b.assessed.card, tables=b.tables, findings=b.findings, edition=edition, lang=lang, year=2019, settings=settings, intake=SimpleNamespace(where=where))
    told = StatementPages(here, b)
    if edition == "public":
        told.masker = Masker.of(b.tables, dictionary())
    return told


def rendered(p: StatementPages, helper: str, tmp_path) -> str:
    s = p.book.statement(helper)
    out = publish_shown(p.parts(s), tmp_path / "page.html", meta={"title": p.title(s), "county": "某县", "code": "999001", "year": 2019}, lang=p.lang, edition=p.county.edition)
    return out.read_text(encoding="utf-8")


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.S)))


# --- what is looked up ------------------------------------------------------------------------------------------------------------


def test_months_of_a_pairing_of_half_a_year():
    """R02 took H02 over on 1 July with visits in July and September, calls in July to September: of three two-month periods the last is missed."""
    s = book().statement("R02")
    home = s.periods[s.periods["mode"] == "home"]
    assert home[["first", "last", "state"]].values.tolist() == [[7, 8, "kept"], [9, 10, "kept"], [11, 12, "missed"]]
    called = s.periods[s.periods["mode"] == "telephone"].set_index("first")["state"]
    assert called.to_dict() == {7: "kept", 8: "kept", 9: "kept", 10: "missed", 11: "missed", 12: "missed"}


def test_a_leave_excuses_what_it_took_from_what_was_due():
    """R06 missed the visit of March and April and the calls of both months; an approved leave over them excuses these three periods."""
    without, given = book().statement("R06"), book(corrections=Corrections({1: LEAVE})).statement("R06")
    assert without.periods["state"].value_counts().to_dict() == {"kept": 5 + 10, "missed": 1 + 2}
    assert given.periods["state"].value_counts().to_dict() == {"kept": 5 + 10, "excused": 1 + 2}
    assert given.roles["visits_due"].tolist() == [5]


def test_contacts_outside_a_pairing_are_told_apart():
    """R12 has records of H10 from July on, but the register pairs H10 with R11 alone; R11's own lie inside."""
    c = months.contacts(county(), 2019, assess().measured.standards)
    assert not c.loc[c["helper_id"] == "R12", "paired"].any() and c.loc[c["helper_id"] == "R12", "n"].sum() == 3 + 6
    assert c.loc[c["helper_id"] == "R11", "paired"].all()


def test_periods_agree_with_the_assessment_for_everybody():
    b = book()
    counted = b.periods[b.periods["mode"] == "home"].groupby(["helper_id", "role"])["state"].agg(lambda s: (s == "missed").sum())
    assessed = b.assessed.helpers.set_index(["helper_id", "role"])["visits_missed"]
    assert counted.to_dict() == assessed[counted.index].to_dict()


def test_findings_of_a_helper_are_those_about_him_and_his_visits():
    """The vanished finding is left out; V001 is a visit of R01; the unit's finding is nobody's."""
    b = book()
    assert {h: b.statement(h).findings["rule_id"].tolist() for h in b.helpers if len(b.statement(h).findings)} == {"R01": ["HV-07"], "R06": ["HV-01"], "R08": ["HV-06"]}


def test_nobody_without_a_pairing_has_a_statement():
    with pytest.raises(KeyError):
        book().statement("R12")  # records, but no pairing


# --- what a page shows ------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_figures_of_the_assessment(tmp_path):
    """R06 by hand: regular 25 + 8 1/3 + 10 of 50 = 86.6; with the annual 30 of 30: 73 1/3 of 80 = 91.6, cut after one decimal."""
    said = words_of(rendered(pages("internal"), "R06", tmp_path))
    assert "86.6" in said and "91.6" in said and "优秀" in said
    assert "应入户2次，做到1次(缺3—4月)" in said
    assert "缺入户走访1次，拟约谈(须经核实确认后生效)。依据：《进一步落实建档立卡贫困户帮扶责任人的实施意见》(莱扶贫组发〔2018〕8号)" in said
    # 30 points of visits over 6 periods, one of two in the second quarter: 5.00 of 10.00
    assert "5.00/10.00" in said
    assert "走访.csv · 第7行" in said and "10日内答复" in said


def test_a_proposed_veto_says_so_and_a_confirmed_one_is_in_force(tmp_path):
    proposed = words_of(rendered(pages(), "R08", tmp_path))
    assert "拟：如经核实，弄虚作假(HV-06×1)，等次最高为不称职。" in proposed and "拟限期整改" in proposed
    sure = words_of(rendered(pages(rows=[("HV-06", "R08", "confirmed")]), "R08", tmp_path))
    assert "经核实确认：弄虚作假(HV-06×1)，等次最高为不称职。" in sure and "拟限期整改" not in sure


def test_signals_stand_in_no_published_page(tmp_path):
    assert "复核线索" in rendered(pages("internal"), "R01", tmp_path)
    assert "复核线索" not in rendered(pages("public"), "R01", tmp_path)


def test_answers_of_households_are_not_published(tmp_path):
    """H01 gave its first helper 4 of 5; a household must not pay for that."""
    assert "对责任人评价" in rendered(pages("internal"), "R01", tmp_path)
    assert "对责任人评价" not in rendered(pages("public"), "R01", tmp_path)


def test_an_answer_does_not_follow_from_points_either(tmp_path):
    """H01's 4 of 5 makes 3 of 4 for its helper: neither those nor the sums that hold them are published."""
    inside, outside = (words_of(rendered(pages(edition), "R01", tmp_path)) for edition in ("internal", "public"))
    assert "满分4分得3分" in inside and "满分4分得3分" not in outside and "受访户不足" in outside
    score = f"{book().assessed.helpers.set_index('helper_id').loc['R01', 'score']:g}"
    assert f" {score} " in inside and f" {score} " not in outside


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("edition", ["public", "internal"])
def test_every_page_can_be_written(edition, lang, tmp_path):
    """R09 came on 15 December: nothing was due, no score; two roles, two households, no unit are among the others."""
    p = pages(edition, lang)
    for helper in p.book.helpers:
        page = rendered(p, helper, tmp_path)
        assert "<svg" in page and not re.search(r'(?:src|href)="https?:', page)
    assert ("资料不足" if lang == "zh" else "Not enough data") in words_of(rendered(p, "R09", tmp_path))


def test_without_tables_beside_visits_a_page_says_what_is_absent(tmp_path):
    """No plans, no survey, no register of names: the page stands, the points say what was left out."""
    p = pages()
    for table in ("plans", "survey"):
        p.book.tables.pop(table)
    b = StatementBook(p.book.tables, assess(p.book.tables, p.book.assessed.card, p.book.findings), p.book.findings)
    said = words_of(rendered(StatementPages(SimpleNamespace(**vars(p.county) | {"assessed": b.assessed}), b), "R01", tmp_path))
    assert "资料中没有这一项，不计分" in said


def test_why_somebody_is_to_put_things_right():
    """R08 (80 of 80 points) by a veto that is proposed; R02 and R11 by their scores, below 60."""
    rows = pages().rectification().frame.set_index("helper_id")["why"]
    assert rows["R08"] == "拟:如经核实,弄虚作假(HV-06×1),等次最高为不称职。"
    assert rows["R02"] == rows["R11"] == "得分不到60分。"


# --- the picture ------------------------------------------------------------------------------------------------------------------


def test_the_picture_tells_states_apart_without_colour():
    line = Line("H1", "第一", [("home", 1, 2, "kept"), ("home", 3, 4, "missed"), ("home", 5, 6, "excused")], [("home", 1, True, 2), ("home", 8, False, 1)])
    picture = duty_calendar([line], 2019)
    assert "应入户2次" in picture.title.replace("，", ",") and "做到1次" in picture.title and "请假不计1个时段" in picture.title and "结对期外或非结对户联系1次" in picture.title
    body = picture.svg.split("1月</text>", 1)[1]
    assert body.count(">缺</text>") == 1 and body.count(">假</text>") == 1 and ">1/2</text>" in body
    filled = re.findall(r'<rect [^>]*fill="(#1f3f66)"', body)
    hatched = re.findall(r'fill="url\(#calendar-hatch\)"', body)
    assert len(filled) == 1 and len(hatched) == 1


# --- what would tell of single persons ----------------------------------------------------------------------------------------------


def test_small_counts_are_hidden_with_enough_others():
    """Smallest 3. Row a: the 1 is hidden, so is a second cell of its row, and of each of both columns another: no total gives one back."""
    counts = pd.DataFrame({"x": [1, 5, 9], "y": [8, 6, 7], "z": [20, 30, 40]}, index=list("abc"))
    mask = hidden(counts, 3)
    assert mask.loc["a", "x"]
    for sums in (mask.sum(axis=0), mask.sum(axis=1)):
        assert not (sums == 1).any()
    assert not mask.to_numpy().all()
    assert not hidden(counts, 0).to_numpy().any()


@pytest.mark.parametrize("seed", range(20))
def test_no_hidden_count_follows_from_the_totals(seed):
    """Solved by elimination: repeatedly, a row or column with one unknown gives it away; none may be given."""
    rng = np.random.default_rng(seed)
    counts = pd.DataFrame(rng.poisson(rng.choice([0.5, 2, 8], size=(6, 5))))
    mask = hidden(counts, 3)
    assert mask.to_numpy()[((counts > 0) & (counts < 3)).to_numpy()].all()
    assert not (mask.sum(axis=0) == 1).any() and not (mask.sum(axis=1) == 1).any()


def test_one_small_group_alone_takes_the_next_with_it():
    assert few(pd.Series({"a": 2, "b": 9, "c": 5}), 3).to_dict() == {"a": True, "b": False, "c": True}
    assert not few(pd.Series({"a": 3, "b": 9}), 3).any()


# --- a folder of them ---------------------------------------------------------------------------------------------------------------


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.hrefs, self.ids = [], set()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a":
            self.hrefs.append(given.get("href"))
        if "id" in given:
            self.ids.add(given["id"])


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The public folder of a small county with every table of the dictionary that the sample has."""
    home = tmp_path_factory.mktemp("statements")
    make_county(home / "county", households=60, seed=5)
    here = County.open(home / "county/params.yml", 2019)
    folder = Folder(here, StatementBook.of(here, signals=False), home / "public")
    folder.write(folder.book.helpers, whole=True)
    return home / "public", here


def test_no_personal_data_in_a_published_folder(published):
    """Every value of every column that the dictionary calls personal, looked for in every page: none stands there."""
    to, here = published
    text = "\n".join(words_of(p.read_text(encoding="utf-8")) for p in sorted(to.rglob("*.html")))
    places = " ".join(str(p.relative_to(to)) for p in to.rglob("*"))
    tokens = set(re.findall(r"[0-9A-Za-z]+", text))
    names = set(re.findall(r"[\u4e00-\u9fff·]{2,4}", text))
    looked = 0
    for (table, column), kind in personal_columns().items():
        if table not in here.tables or column not in here.tables[table]:
            continue
        values = set(here.tables[table][column].dropna().astype(str))
        looked += len(values)
        if kind in ("id_number", "phone", "account", "plate"):
            hits = {v for v in values if v in tokens and len(v) > 5}
            assert not hits, (table, column, len(hits))
            assert not any(v in places for v in list(values)[:200] if len(v) > 5)
        elif kind == "name":
            people = {v for v in values if 2 <= len(v) <= 3 and v in names}
            assert not people, (table, column, len(people))
    assert looked > 500
    assert re.fullmatch(r"[\w/. -]*", places, flags=re.A)


def test_links_lead_somewhere(published):
    to, here = published
    written = {p.resolve() for p in to.rglob("*.html")}
    parsed = {}
    for page in written:
        parsed[page] = _Links()
        parsed[page].feed(page.read_text(encoding="utf-8"))
    seen = 0
    for page, links in parsed.items():
        for href in links.hrefs:
            if href.startswith("#"):
                assert href[1:] in links.ids or href == "#report", (page.name, href)
            else:
                target = (page.parent / href).resolve()
                assert target in written, (page.name, href)
                seen += 1
    # every helper to and from the unit and to the county
    assert seen >= here.helpers["helper_id"].nunique() * 3


def test_summaries_agree_with_the_assessment(published):
    to, here = published
    page = words_of((to / "index.html").read_text(encoding="utf-8"))
    h = here.helpers
    assert f"{h['helper_id'].nunique():,}" in page and f"{h['visits_missed'].sum():,}" in page and f"{h['visits_due'].sum():,}" in page
    assert "不是名次" in page


# --- the command --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path):
    hand_over(tmp_path / "raw", FILES)
    (tmp_path / "small.yml").write_text(PARAMS, encoding="utf-8")
    return tmp_path


def run(small, *more) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(["statements", str(small / "small.yml"), "--year", "2019", "--reports", str(small / "reports"), *more])
    return end.value.code


def test_the_command_writes_a_folder(small, capsys):
    assert run(small, "--to", str(small / "out")) == 0
    assert "对账单2份，单位2个" in capsys.readouterr().out
    assert sorted(str(p.relative_to(small / "out")) for p in (small / "out").rglob("*.html")) == [
        "index.html", "towns/001.html", "units/0001/00002.html", "units/0001/index.html", "units/0002/00001.html", "units/0002/index.html"]  # fmt: skip
    # 县农业局 before 县财政局 by their characters; B1 is the first helper and of 县财政局
    assert "县财政局" in (small / "out/units/0002/index.html").read_text(encoding="utf-8")
    # two helpers are fewer than three: the published summary gives no figures
    assert "不足3人，公开版不列数字" in words_of((small / "out/index.html").read_text(encoding="utf-8"))
    assert "王五" not in (small / "out/units/0002/00001.html").read_text(encoding="utf-8")


def test_a_register_whose_ids_are_id_numbers_leaves_none_of_them(small):
    """Some registers have no ids of their own and give id numbers: neither a page nor the name of a file may tell one."""
    number = "999001198002022255"
    for path in (small / "raw").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("B1", number), encoding="utf-8")
    assert run(small, "--to", str(small / "out")) == 0
    for page in (small / "out").rglob("*.html"):
        assert number not in str(page) and number not in page.read_text(encoding="utf-8")


def test_statements_of_one_helper_or_unit(small):
    assert run(small, "--to", str(small / "one"), "--helper", "B2", "--edition", "internal") == 0
    assert sorted(p.name for p in (small / "one").rglob("*.html")) == ["00002.html", "index.html"]
    assert "赵六" in (small / "one/units/0001/00002.html").read_text(encoding="utf-8")
    assert run(small, "--to", str(small / "unit"), "--unit", "县财政局") == 0
    assert sorted(p.name for p in (small / "unit").rglob("*.html")) == ["00001.html", "index.html"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--helper", "B9"], "本年没有编号为“B9”的帮扶责任人"),
        (["--unit", "县财政"], "没有名为“县财政”的单位"),
        (["--edition", "secret"], "--edition 只能是 public 或 internal"),
    ],
)
def test_wrong_words_are_answered_in_one_sentence(small, capsys, more, said):
    assert run(small, "--to", str(small / "out"), *more) == 2
    wrong = capsys.readouterr().err.strip()
    assert said in wrong and len(wrong.splitlines()) == 1


def test_a_folder_that_is_not_empty_is_left_alone(small, capsys):
    (small / "out").mkdir()
    (small / "out/mine.txt").write_text("x", encoding="utf-8")
    assert run(small, "--to", str(small / "out")) == 2
    assert "不是空的" in capsys.readouterr().err
    assert [p.name for p in (small / "out").iterdir()] == ["mine.txt"]
