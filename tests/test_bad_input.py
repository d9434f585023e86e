"""What people get wrong: each mistake is one sentence that names file, key or cell, in both languages, and its exit status."""

import re
import sys

import pytest

from bangfu import cli
from handed_over import FILES, PARAMS, REQUIRED, hand_over

ID_NUMBER = "999001195001011235"


class Told:
    """How a command ended and what it said."""

    def __init__(self, status: int, out: str, err: str):
        self.status, self.out, self.err = status, out, err

    @property
    def sentences(self) -> list[str]:
        return self.err.splitlines()


@pytest.fixture
def bangfu(capsys, monkeypatch):
    """Runs a command in this process."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object) -> Told:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(w) for w in words])
        said = capsys.readouterr()
        return Told(ended.value.code, said.out, said.err)

    return run


def holds(told: Told, status: int, fragments: tuple[str, ...], lang: str, sentences: int = 1) -> None:
    """One sentence (or as many as said), with everything that must be named, and nothing that must not be."""
    assert told.status == status, told.err
    assert len(told.sentences) == sentences, told.err
    for fragment in fragments:
        assert fragment in told.err
    assert "Traceback" not in told.err + told.out
    assert not re.search(r"\d{15}", told.err + told.out), "an id number"
    chinese = [re.search(r"[\u4e00-\u9fff]", re.sub(r"“[^”]*”|《[^》]*》|[\w.-]+\.(?:csv|xlsx|yml|json)", "", s)) for s in told.sentences]
    assert all(chinese) if lang == "zh" else True
    assert all(s.rstrip().endswith(("。", "?", ".", "?")) for s in told.sentences), told.err


# what is wrong, the params, and what the sentence names in both languages (a pair where the languages differ)
WRONG_PARAMS = [
    ("not YAML", PARAMS + "overrides: [1,\n", ["mine.yml", ("不是正确的YAML", "no valid YAML")]),
    ("a tab", PARAMS + "overrides:\n\tpoverty_line: 1\n", ["mine.yml", ("第6行", "line 6")]),
    ("an impossible date", PARAMS + "exemptions: [{rule: DQ-01, subject: a, reason: b, approved by: c, valid until: 2019-02-30}]\n", ["mine.yml", ("日期", "dates")]),
    ("a list", "- a\n- b\n", ["mine.yml", ("key: value", "keys and values")]),
    ("empty", "", ["mine.yml", ("key: value", "keys and values")]),
    ("a key twice", PARAMS + "name: 乙县\n", ["mine.yml", ("第5行", "line 5"), "name", ("两次", "twice")]),
    ("an override twice", PARAMS + "overrides:\n  poverty_line: 1\n  poverty_line: 2\n", ["mine.yml", "poverty_line", ("两次", "twice")]),
    ("an unknown key", PARAMS + "polisy: x\n", ["mine.yml", "polisy", ("是否想写 policy", "did you mean policy")]),
    ("a key that is a number", PARAMS + "2019: x\n", ["mine.yml", "2019", ("不认识的键", "unknown key")]),
    ("code without quotes", PARAMS.replace('"999001"', "999001"), ["mine.yml", "code", '"999001"']),
    ("code too short", PARAMS.replace("999001", "99900"), ["mine.yml", "code", '"999001"']),
    ("code of full-width digits", PARAMS.replace("999001", "\uff19\uff19\uff19\uff10\uff10\uff11"), ["mine.yml", "code"]),
    ("no policy", PARAMS.replace("policy: laizhou-2018-8\n", ""), ["mine.yml", "policy", ("缺少", "missing")]),
    ("no raw", PARAMS.replace("raw: raw\n", ""), ["mine.yml", "raw", ("缺少", "missing")]),
    ("an empty name", PARAMS.replace("云岭县", '""'), ["mine.yml", "name", ("不为空", "not empty")]),
    ("a name that is a number", PARAMS.replace("云岭县", "12"), ["mine.yml", "name", "12", ("加引号", "in quotes")]),
    ("overrides that are a list", PARAMS + "overrides: [a]\n", ["mine.yml", "overrides", ("对照", "keys and values")]),
    ("an unknown policy", PARAMS.replace("laizhou-2018-8", "laizhou-2018-9"), ["mine.yml", "laizhou-2018-9", ("是否想写 laizhou-2018-8", "did you mean laizhou-2018-8")]),
    ("a policy that is a file name", PARAMS.replace("laizhou-2018-8", "laizhou-2018-8.yml"), ["mine.yml", "laizhou-2018-8.yml", ("是否想写", "did you mean")]),
    ("an override of no rule", PARAMS + "overrides: {HX-99: {a: 1}}\n", ["mine.yml", "HX-99"]),
    ("an override of no parameter", PARAMS + "overrides: {poverty_lime: 1}\n", ["mine.yml", "poverty_lime", ("是否想写 poverty_line", "did you mean poverty_line")]),
    ("an override of no parameter of the rule", PARAMS + "overrides: {HV-06: {same_texts: 1}}\n", ["mine.yml", "HV-06", ("是否想写 same_text", "did you mean same_text")]),
    ("a rule's override that is a number", PARAMS + "overrides: {HV-06: 4}\n", ["mine.yml", "HV-06", ("对照", "parameters and values")]),
    ("an amount that is a word", PARAMS + "overrides: {poverty_line: 很低}\n", ["mine.yml", "poverty_line", "很低", ("金额(元)", "an amount in yuan")]),
    ("an amount below nothing", PARAMS + "overrides: {poverty_line: -1}\n", ["mine.yml", "poverty_line", ("金额(元)", "an amount in yuan")]),
    ("an amount of parts of a fen", PARAMS + "overrides: {poverty_line: 0.001}\n", ["mine.yml", "poverty_line", ("金额(元)", "an amount in yuan")]),
    ("an amount without end", PARAMS + "overrides: {poverty_line: .inf}\n", ["mine.yml", "poverty_line", ("金额(元)", "an amount in yuan")]),
    ("an amount that is nothing", PARAMS + "overrides: {poverty_line: [ ]}\n", ["mine.yml", "poverty_line", ("金额(元)", "an amount in yuan")]),
    ("an amount left out", PARAMS + "overrides: {poverty_line: }\n", ["mine.yml", "poverty_line", "“”", ("金额(元)", "an amount in yuan")]),
    ("days that are a fraction", PARAMS + "overrides: {HP-03: {gap_days: 1.5}}\n", ["mine.yml", "HP-03", "gap_days", ("天数", "whole days")]),
    ("days that are a word", PARAMS + "overrides: {HP-03: {gap_days: 一天}}\n", ["mine.yml", "gap_days", ("天数", "whole days")]),
    ("months beyond a year", PARAMS + "overrides: {HP-07: {notice_months: 13}}\n", ["mine.yml", "notice_months", ("月数", "whole months")]),
    ("a count of nothing", PARAMS + "overrides: {HV-06: {same_text: 0}}\n", ["mine.yml", "same_text", ("正整数", "positive whole number")]),
    ("a count that is yes", PARAMS + "overrides: {HV-06: {same_text: yes}}\n", ["mine.yml", "same_text", ("正整数", "positive whole number")]),
    ("a share above one", PARAMS + "overrides: {FE-04: {idle_share: 70}}\n", ["mine.yml", "idle_share", ("0到1", "between 0 and 1")]),
    ("a share that is a word", PARAMS + "overrides: {FE-04: {idle_share: 七成}}\n", ["mine.yml", "idle_share", ("0到1", "between 0 and 1")]),
    ("texts that are one text", PARAMS + "overrides: {open_tender: 公开招标}\n", ["mine.yml", "open_tender", ("文字列表", "a list of texts")]),
    ("amounts by name that are one amount", PARAMS + "overrides: {standard: 3000}\n", ["mine.yml", "standard", ("对照", "by name")]),
    ("a dated value without a date", PARAMS + "overrides: {poverty_line: [{from: 2018, value: 1}]}\n", ["mine.yml", "poverty_line", "from: 2018-06-01"]),
    ("a dated value with a clock time", PARAMS + "overrides: {poverty_line: [{from: 2018-06-01 10:00:00, value: 1}]}\n", ["mine.yml", "poverty_line", "from"]),
    ("a dated value twice", PARAMS + "overrides: {poverty_line: [{from: 2018-06-01, value: 1}, {from: 2018-06-01, value: 2}]}\n", ["mine.yml", "poverty_line"]),
    ("a dated value that holds later", PARAMS + "overrides: {HV-06: {same_text: [{from: 2020-01-01, value: 4}]}}\n", ["HV-06", "same_text", "2019", "2020-01-01"]),
    ("headers of no table", PARAMS + "headers: {household.phone: [手机]}\n", ["mine.yml", "household", ("是否想写 households", "did you mean households")]),
    ("headers of no column", PARAMS + "headers: {households.fone: [手机]}\n", ["mine.yml", "fone", ("是否想写 phone", "did you mean phone")]),
    ("headers of a table only", PARAMS + "headers: {households: [手机]}\n", ["mine.yml", "households"]),
    ("headers that are one text", PARAMS + "headers: {households.phone: 手机}\n", ["mine.yml", "headers.households.phone", ("列表", "a list")]),
    ("a header that is empty", PARAMS + 'headers: {households.phone: [""]}\n', ["mine.yml", "headers.households.phone[1]"]),
    ("a header that is another column's", PARAMS + "headers: {households.phone: [户主姓名]}\n", ["mine.yml", "households.phone", "户主姓名", "head_name"]),
    ("an exemption nobody approved", PARAMS + "exemptions: [{rule: DQ-01, subject: a, reason: b, valid until: 2020-01-01}]\n", ["mine.yml", "exemptions[1].approved by", ("缺少", "missing")]),
    ("an exemption with another key", PARAMS + "exemptions: [{rule: DQ-01, subject: a, reason: b, approved by: c, valid_until: 2020-01-01, valid until: 2020-01-01}]\n", ["mine.yml", "valid_until", ("是否想写 valid until", "did you mean valid until")]),
    ("an exemption until whenever", PARAMS + "exemptions: [{rule: DQ-01, subject: a, reason: b, approved by: c, valid until: 长期}]\n", ["mine.yml", "valid until", "长期", "2019-12-31"]),
    ("an exemption until a number", PARAMS + "exemptions: [{rule: DQ-01, subject: a, reason: b, approved by: c, valid until: 20191231}]\n", ["mine.yml", "valid until", "2019-12-31"]),
    ("an exemption of no rule", PARAMS + "exemptions: [{rule: DQ-1, subject: a, reason: b, approved by: c, valid until: 2020-01-01}]\n", ["mine.yml", "DQ-1", ("是否想写 DQ-", "did you mean DQ-")]),
    ("an exemption of an id number", PARAMS + f"exemptions: [{{rule: DQ-01, subject: {ID_NUMBER}, reason: b, approved by: c, valid until: 2020-01-01}}]\n", ["mine.yml", "exemptions[1].subject", "999001******", ("加引号", "in quotes")]),
    ("raw with other braces", PARAMS.replace("raw: raw", "raw: raw-{county}"), ["mine.yml", "raw", "{year}"]),
    ("raw that is not there", PARAMS.replace("raw: raw", "raw: elsewhere"), ["elsewhere", "raw", ("不存在", "No folder")]),
    ("raw that is not there that year", PARAMS.replace("raw: raw", "raw: raw-{year}"), ["raw-2019", ("不存在", "No folder")]),
    ("a database of an unknown kind", PARAMS.replace("raw: raw", "raw: nosuchdb://u:secret@h/d"), ["nosuchdb", "raw"]),
    ("a database without its driver", PARAMS.replace("raw: raw", "raw: oracle://u:secret@h/d"), ["oracle", ("驱动", "driver")]),
    ("a database that is no address", PARAMS.replace("raw: raw", 'raw: "post gres://x"'), ["raw", ("数据库", "database")]),
    ("a database file that is not there", PARAMS.replace("raw: raw", "raw: sqlite:////nowhere/county.db"), ["county.db", "raw"]),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("params", "named"), [c[1:] for c in WRONG_PARAMS], ids=[c[0] for c in WRONG_PARAMS])
def test_wrong_params(params, named, lang, bangfu, tmp_path):
    hand_over(tmp_path / "raw")
    (tmp_path / "mine.yml").write_text(params, encoding="utf-8")
    told = bangfu("run", tmp_path / "mine.yml", "--year", 2019, "--reports", tmp_path / "reports", "--only", "data_quality", "--lang", lang)
    holds(told, 2, tuple(n if isinstance(n, str) else n[lang == "en"] for n in named), lang)
    assert "secret" not in told.err
    assert not (tmp_path / "reports" / "999001" / "2019" / "findings.parquet").exists()


def test_several_mistakes_are_told_at_once(bangfu, tmp_path):
    (tmp_path / "mine.yml").write_text(PARAMS.replace("raw: raw", "raw: '{x}'") + "overrides: {nothing: 1}\nheaders: {a.b: [c]}\n", encoding="utf-8")
    told = bangfu("run", tmp_path / "mine.yml", "--year", 2019, "--reports", tmp_path / "reports")
    holds(told, 2, ("nothing", "“a”", "{year}"), "zh", sentences=3)


# -- the params file itself, and the command line ------------------------------------------------------------------


def test_a_params_file_that_is_not_there(bangfu, tmp_path):
    holds(bangfu("run", tmp_path / "mine.yml", "--year", 2019, "--reports", tmp_path / "r"), 2, ("mine.yml", "找不到"), "zh")


def test_a_params_file_that_is_a_folder(bangfu, tmp_path):
    holds(bangfu("run", tmp_path, "--year", 2019, "--reports", tmp_path / "r"), 2, (tmp_path.name, "文件夹"), "zh")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_params_file_in_another_encoding(encoding, bangfu, tmp_path):
    (tmp_path / "mine.yml").write_text(PARAMS, encoding=encoding)
    holds(bangfu("run", tmp_path / "mine.yml", "--year", 2019, "--reports", tmp_path / "r"), 2, ("mine.yml", "UTF-8"), "zh")


# words of the command ({p} params, {r} reports), what the sentence names
WRONG_COMMANDS = [
    ("no command of that name", "rnu", [("是否想写 run", "did you mean run")]),
    ("no params", "run --year 2019 --reports {r}", ["PARAMS", "bangfu run --help"]),
    ("no year", "run {p} --reports {r}", ["--year", "bangfu run --help"]),
    ("no reports", "run {p} --year 2019", ["--reports", "bangfu run --help"]),
    ("a year in words", "run {p} --year 今年 --reports {r}", ["--year", "今年", ("整数", "whole number")]),
    ("a year long ago", "run {p} --year 1999 --reports {r}", ["1999", "2000", "2100"]),
    ("a year far ahead", "run {p} --year 20190 --reports {r}", ["20190", "2100"]),
    ("no jobs", "run {p} --year 2019 --reports {r} --jobs 0", ["--jobs", "0", "1"]),
    ("jobs in words", "run {p} --year 2019 --reports {r} --jobs=all", ["--jobs", "all", ("整数", "whole number")]),
    ("an option of another name", "run {p} --yaer 2019 --reports {r}", ["--yaer", ("是否想写 --year", "did you mean --year")]),
    ("an option without its value", "run {p} --year 2019 --reports", ["--reports", ("缺少", "lacks")]),
    ("no notebook of that name", "run {p} --year 2019 --reports {r} --only fund_audits", ["fund_audits", ("是否想写 fund_audit", "did you mean fund_audit")]),
    ("an edition of another name", "run {p} --year 2019 --reports {r} --edition secret", ["--edition", "secret", "public", "internal"]),
    ("reports that are a file", "run {p} --year 2019 --reports {p}", ["mine.yml", ("换一个文件夹", "name another")]),
    ("nothing to verify", "verify {r}", ["record.json", ("无可核验", "nothing to verify")]),
    ("nothing to verify for a signer", "verify {r} --signer ab12", ["record.json", ("无可核验", "nothing to verify")]),
    ("two folders to verify", "verify {r} {p}", ["mine.yml", "bangfu verify --help"]),
    ("no folder to verify", "verify", ["DIR", "bangfu verify --help"]),
    ("rules of no policy", "rules --policy laizhou", ["laizhou", ("政策包", "policy pack")]),
    ("a demo of hardly anybody", "demo --households 3", ["--households", "3", "60"]),
    ("a port in words", "lab --port eight", ["--port", "eight", ("整数", "whole number")]),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("words", "named"), [c[1:] for c in WRONG_COMMANDS], ids=[c[0] for c in WRONG_COMMANDS])
def test_wrong_commands(words, named, lang, bangfu, tmp_path):
    (tmp_path / "mine.yml").write_text(PARAMS, encoding="utf-8")
    (tmp_path / "reports").mkdir()
    command, *rest = words.split()
    told = bangfu(command, "--lang", lang, *(w.format(p=tmp_path / "mine.yml", r=tmp_path / "reports") for w in rest))
    holds(told, 2, tuple(n if isinstance(n, str) else n[lang == "en"] for n in named), lang)


@pytest.mark.parametrize("words", [["rules", "--lang", "xx"], ["run", "{p}", "--year", "2019", "--reports", "{r}", "--lang", "fr"]])
def test_a_language_that_nobody_writes(words, bangfu, tmp_path):
    holds(bangfu(*(w.format(p=tmp_path, r=tmp_path) for w in words)), 2, ("--lang", words[-1], "zh", "en"), "zh")


# -- raw files that a county cannot be audited from -----------------------------------------------------------------


def run_on(bangfu, tmp_path, files, lang="zh", only="data_quality") -> Told:
    hand_over(tmp_path / "raw", files)
    (tmp_path / "mine.yml").write_text(PARAMS, encoding="utf-8")
    return bangfu("run", tmp_path / "mine.yml", "--year", 2019, "--reports", tmp_path / "reports", "--only", only, "--lang", lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("absent", list(REQUIRED))
def test_a_required_table_is_absent(absent, lang, bangfu, tmp_path):
    told = run_on(bangfu, tmp_path, {n: c for n, c in FILES.items() if n != f"{absent}.csv"}, lang)
    holds(told, 2, (("缺少必需的表" if lang == "zh" else "Required tables are absent"),), lang)
    if lang == "zh":
        assert f"{absent}(" in told.err and told.err.count("通常在") == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_raw_folder(lang, bangfu, tmp_path):
    holds(run_on(bangfu, tmp_path, {}, lang), 2, ("raw",), lang)


def test_every_raw_file_is_broken(bangfu, tmp_path):
    told = run_on(bangfu, tmp_path, {n.replace(".csv", ".xlsx"): c for n, c in FILES.items()})
    holds(told, 2, (*(n.replace(".csv", ".xlsx") for n in FILES), "缺少必需的表"), "zh", sentences=7)  # one for each file, one for what they should have held


def test_a_key_of_a_required_table_has_another_header(bangfu, tmp_path):
    told = run_on(bangfu, tmp_path, FILES | {"贫困户.csv": FILES["贫困户.csv"].replace("户编号", "户码")})
    holds(told, 2, ("贫困户", "户编号"), "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_critical_expectation_fails(lang, bangfu, tmp_path):
    """A household is registered twice: nothing that is counted by household can be trusted."""
    rows = FILES["贫困户.csv"].splitlines(keepends=True)
    told = run_on(bangfu, tmp_path, FILES | {"贫困户.csv": "".join([*rows, rows[1]])}, lang)
    holds(told, 2, (("户编号" if lang == "zh" else "household"),), lang)


def test_one_county_fails_and_the_other_is_audited(bangfu, tmp_path):
    hand_over(tmp_path / "raw")
    (tmp_path / "good.yml").write_text(PARAMS, encoding="utf-8")
    (tmp_path / "bad.yml").write_text(PARAMS.replace("999001", "999002").replace("raw: raw", "raw: nowhere").replace("云岭县", "乙县"), encoding="utf-8")
    told = bangfu("run", tmp_path / "bad.yml", tmp_path / "good.yml", "--year", 2019, "--reports", tmp_path / "reports", "--only", "data_quality")
    assert told.status == 2
    assert (tmp_path / "reports/999001/2019/data_quality.html").exists()
    last = told.sentences[-1]
    assert "乙县" in last and "nowhere" in last and "云岭县" not in told.err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_counties_of_one_code(lang, bangfu, tmp_path):
    """Their reports would overwrite each other."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.yml").write_text(PARAMS, encoding="utf-8")
    told = bangfu("run", tmp_path / "one.yml", tmp_path / "two.yml", "--year", 2019, "--reports", tmp_path / "r", "--lang", lang)
    holds(told, 2, ("one.yml", "two.yml", "999001"), lang)


def test_with_both_kinds_of_failure_the_status_is_1(bangfu, tmp_path, monkeypatch):
    from bangfu import pipeline

    hand_over(tmp_path / "raw")
    (tmp_path / "good.yml").write_text(PARAMS, encoding="utf-8")
    (tmp_path / "bad.yml").write_text(PARAMS.replace("999001", "999002").replace("raw: raw", "raw: nowhere"), encoding="utf-8")
    monkeypatch.setattr(pipeline, "_run_notebooks", lambda *_: (_ for _ in ()).throw(RuntimeError(f"row of {ID_NUMBER}")))
    told = bangfu("run", tmp_path / "bad.yml", tmp_path / "good.yml", "--year", 2019, "--reports", tmp_path / "reports", "--only", "data_quality")
    assert told.status == 1 and ID_NUMBER not in told.err and "RuntimeError" in told.err


def test_the_entry_takes_its_words_from_the_machine(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bangfu", "verify"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2 and "DIR" in capsys.readouterr().err
