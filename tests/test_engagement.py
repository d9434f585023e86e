"""From a table of a county to an evaluated sample: the worksheet goes out, comes back filled in, and is never taken for clean where it is not."""

from pathlib import Path

import fastexcel
import pytest
import xlsxwriter

from bangfu import workbench
from bangfu.engagement import Engagement
from bangfu.money import fen
from bangfu.notebooks import all_notebooks
from bangfu.problems import UnusableInput, WrongParams
from bangfu.sample.making import make_county
from bangfu.worksheets import read_worksheet


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    make_county(folder, households=60, seed=5)
    return folder / "params.yml"


def fill_in(path: Path, answer, head: str, *, drop: int = 0):
    """What an auditor does in the worksheet: answer(row as a dict of texts) goes into the column `head`; drop: rows cut off."""
    book = fastexcel.read_excel(str(path))
    sheets = {name: book.load_sheet(name, header_row=None, dtypes="string").to_arrow().to_pylist() for name in book.sheet_names}
    with xlsxwriter.Workbook(str(path)) as out:
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            rows = [list(r.values()) for r in rows]
            heads = rows[0]
            if head in heads:
                rows = [heads] + [
                    [answer(dict(zip(heads, r, strict=True))) if h == head else v for h, v in zip(heads, r, strict=True)] for r in rows[1:]
                ]
                rows = rows[: len(rows) - drop]
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(at, column, value)


@pytest.fixture
def claims(county, tmp_path):
    sample = Engagement.open(county, 2019, table="claims", amount="amount", reports=tmp_path)
    sample.plan(float(sample._book) / 100 * 0.2)
    sample.draw("2019-1")
    sample.export()
    return sample


def test_errors_in_money_come_back(claims):
    # Every item is overstated by a tenth: the most likely error is a tenth of the amount, however the items were drawn.
    record, _ = read_worksheet(claims.out)
    assert len(record["items"]) == len(claims.drawn.drawn) > 2
    fill_in(claims.out, lambda row: float(row["报账金额"]) * 0.9, "审定金额(元)")
    assert "已填写" in claims.progress() and "未评价" not in claims.evaluate()
    book = sum(record["amounts"].values())
    assert book == claims._book
    text = claims.evaluate()
    told = next(line for line in text.splitlines() if "最可能差错(元)" in line).split("：")[-1].split(":")[-1]
    assert abs(fen(told.replace(",", "")) - book / 10) <= len(record["items"])


def test_until_all_is_filled_in_nothing_is_assessed(claims):
    assert "未评价" in claims.evaluate()
    rows = iter(range(10_000))
    fill_in(claims.out, lambda row: row["报账金额"] if next(rows) else None, "审定金额(元)")
    assert "还有 1 项" in claims.evaluate()


def test_lost_rows_and_unreadable_cells_are_said(claims):
    fill_in(claims.out, lambda row: "不清楚" if row["序号"] == "2" else row["报账金额"], "审定金额(元)")
    with pytest.raises(UnusableInput, match="序号 2"):
        claims.evaluate()
    fill_in(claims.out, lambda row: row["报账金额"], "审定金额(元)", drop=1)
    with pytest.raises(UnusableInput, match="增删"):
        claims.evaluate()


def test_an_exported_worksheet_is_not_written_over(claims):
    before = claims.out.read_bytes()
    assert "未改动" in claims.export()
    assert claims.out.read_bytes() == before


def test_the_same_seed_writes_the_same_worksheet(claims, county, tmp_path):
    again = Engagement.open(county, 2019, table="claims", amount="amount", reports=tmp_path / "again")
    again.plan(float(again._book) / 100 * 0.2)
    again.draw("2019-1")
    again.export()
    assert again.out.read_bytes() == claims.out.read_bytes()


@pytest.mark.parametrize(("strata", "said"), [(None, "超几何"), ("town", "分层样本评价")])
def test_households_by_rate(county, tmp_path, strata, said):
    sample = Engagement.open(county, 2019, table="households", strata=strata, reports=tmp_path)
    assert "60 行" in sample.population()
    sample.plan(0.1)
    sample.draw(7)
    sample.export()
    fill_in(sample.out, lambda row: "有" if row["序号"] == "1" else "无", "有无差错")
    text = sample.evaluate()
    assert said in text and "把握" in text


def test_in_english(county, tmp_path):
    sample = Engagement.open(county, 2019, table="households", reports=tmp_path, lang="en")
    sample.plan(0.1)
    sample.draw(7)
    sample.export()
    fill_in(sample.out, lambda row: "no", "In error")
    assert "With 95.0% confidence" in sample.evaluate()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"table": "claim"}, "claims"), ({"table": "claims", "amount": "amout"}, "amount"), ({"table": "claims", "amount": "claim_id"}, "不是金额列")],
)
def test_what_is_not_there_is_named(county, arguments, word):
    with pytest.raises(WrongParams, match=word):
        Engagement.open(county, 2019, **arguments)


def test_a_sample_needs_its_steps(county, tmp_path):
    sample = Engagement.open(county, 2019, table="households", reports=tmp_path)
    with pytest.raises(WrongParams, match="计划"):
        sample.draw(1)
    with pytest.raises(WrongParams, match="抽样"):
        sample.export()
    with pytest.raises(UnusableInput, match="没有找到"):
        sample.evaluate()


def test_the_notebook_runs_to_a_worksheet_that_waits(county, tmp_path):
    import nbformat
    import papermill

    executed = tmp_path / "sampling.ipynb"
    papermill.execute_notebook(
        str(workbench.notebooks() / "sampling.ipynb"),
        str(executed),
        progress_bar=False,
        cwd=str(tmp_path),
        parameters={"params": str(county), "reports": str(tmp_path), "tolerable": "500000", "expected": "0"},
    )
    shown = [o["data"]["text/plain"] for c in nbformat.read(executed, 4).cells if c.cell_type == "code" for o in c.outputs]
    assert [
        next(i for i, text in enumerate(shown) if word in text) for word in ("可抽样金额", "抽样计划", "种子", "已导出", "已填写 0 项", "未评价")
    ] == list(range(6))
    assert "sampling" not in all_notebooks()  # for auditors, not a step of a county's run


def test_the_papers_of_every_step_name_their_source(claims):
    for text in (claims.plan("100000"), claims.draw(1)):
        assert "来源" in text and "含义" in text


@pytest.mark.parametrize(("tolerable", "more", "word"), [("99999999999", {}, "可容忍"), ("1000", {"expected": "2000"}, "可容忍"), ("0.001", {}, "无法计划|fen")])
def test_what_cannot_be_planned_is_said_in_a_sentence(county, tmp_path, tolerable, more, word):
    sample = Engagement.open(county, 2019, table="claims", amount="amount", reports=tmp_path)
    with pytest.raises(WrongParams, match=word):
        sample.plan(tolerable, **more)


def test_strata_in_money_are_put_together(county, tmp_path):
    sample = Engagement.open(county, 2019, table="claims", amount="amount", strata="has_contract", reports=tmp_path)
    sample.draw(3, n=40, method="random")
    sample.export()
    fill_in(sample.out, lambda row: row["报账金额"], "审定金额(元)")
    for method in ("stringer", "moment", "mean_taint"):
        text = sample.evaluate(method, side="two")
        assert "最可能差错(元)：0.00" in text
    with pytest.raises(WrongParams, match="stringer"):
        sample.evaluate("stringr")
