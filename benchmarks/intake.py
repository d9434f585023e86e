"""(c) Reading a county's files: intake beside pandas with openpyxl, in one run.

    python benchmarks/intake.py [rows of the workbook] [rows of the text] [rounds]

The workbook holds visits as offices hand them over; pandas reads its cells with openpyxl as texts and no more, intake recognises the
table, types every cell and accounts for what it cannot read. The peer runs in .venv-bench (`make bench-env`). The text (CSV) is read by
pandas as texts beside it, for comparison alone. Both sides see the same rows, or there is no figure.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from bangfu.intake import dictionary, read_county

import results
from timing import machine, timed

PEER = Path(__file__).resolve().parents[1] / ".venv-bench" / "bin" / "python"
_BY_PANDAS = """
import json, sys, time
import pandas as pd, openpyxl
began = time.perf_counter(), time.process_time()
frame = pd.read_excel(sys.argv[1], engine="openpyxl", dtype=str)
print(json.dumps([len(frame), time.perf_counter() - began[0], time.process_time() - began[1]]))
"""


def visits(rows: int) -> pd.DataFrame:
    """Records of visits under the headers that the dictionary knows."""
    rng, headers = np.random.default_rng(1), {c: column.headers[0] for c, column in dictionary()["visits"].columns.items()}
    at = (np.datetime64("2019-01-01T08:00") + rng.integers(0, 500_000, rows).astype("m8[m]")).astype("datetime64[s]")
    number = pd.Series(rng.integers(0, 20_000, rows).astype(str)).str.zfill(6)
    values = {"visit_id": [f"V{n:08}" for n in range(rows)], "helper_id": "R" + number, "household_id": "H" + number,
              "visited_at": pd.Series(at).dt.strftime("%Y-%m-%d %H:%M"), "mode": rng.choice(["入户", "电话"], rows), "content": rng.choice(["了解生产生活情况", "宣讲医保政策", "帮助联系务工"], rows)}  # fmt: skip
    return pd.DataFrame({headers[c]: v for c, v in values.items()})


def write_workbook(frame: pd.DataFrame, path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("走访记录")
    for row, cells in enumerate([frame.columns, *frame.itertuples(index=False)]):
        sheet.write_row(row, 0, cells)
    book.close()


def read(folder: Path, rows: int) -> None:
    intake = _without_the_required(folder)
    assert len(intake.tables["visits"]) == rows and intake.rejects.empty, (len(intake.tables["visits"]), len(intake.rejects))


def _without_the_required(folder: Path):
    """Visits alone are no county-year: the tables that it must have are left out of the demand, nothing of the reading is."""
    from bangfu.intake import tables

    demand, tables._demand_required = tables._demand_required, lambda intake, known: None
    try:
        return read_county(str(folder))
    finally:
        tables._demand_required = demand


def by_pandas(path: Path, rows: int) -> tuple[float, float]:
    said = subprocess.run([PEER, "-c", _BY_PANDAS, str(path)], check=True, capture_output=True, text=True, env={"PATH": ""})
    found, clock, processor = json.loads(said.stdout)
    assert found == rows
    return clock, processor


def main(rows: int, text_rows: int, rounds: int) -> None:
    pairs, texts = [], []
    with tempfile.TemporaryDirectory() as place:
        book, text = Path(place) / "book", Path(place) / "text"
        book.mkdir(), text.mkdir()
        write_workbook(visits(rows), book / "走访记录.xlsx")
        visits(text_rows).to_csv(text / "走访记录.csv", index=False)
        for _ in range(rounds):
            _, *ours = timed(lambda: read(book, rows))
            pairs.append((ours, by_pandas(book / "走访记录.xlsx", rows)))
            _, *own = timed(lambda: read(text, text_rows))
            frame, *other = timed(lambda: pd.read_csv(text / "走访记录.csv", dtype="str"))
            assert len(frame) == text_rows
            texts.append((own, other))
    told = {"rows": rows, "text_rows": text_rows, "machine": machine()}
    for name, kind, found in (("workbook", "clock", pairs), ("workbook", "processor", pairs), ("text", "clock", texts), ("text", "processor", texts)):
        at = kind == "processor"
        ratios = sorted(theirs[at] / ours[at] for ours, theirs in found)
        told.setdefault(name, {})[kind] = {"seconds": [[round(ours[at], 2), round(theirs[at], 2)] for ours, theirs in found], "ratio": round(statistics.median(ratios), 2), "range": [round(ratios[0], 2), round(ratios[-1], 2)]}
        peer = "pandas with openpyxl" if name == "workbook" else "pandas.read_csv, texts alone"
        print(f"{name}, {kind}: intake {statistics.median(o[at] for o, _ in found):.1f} s, {peer} {statistics.median(t[at] for _, t in found):.1f} s, ratio {statistics.median(ratios):.1f}")
    results.write("intake", told)


if __name__ == "__main__":
    if not PEER.exists():
        raise SystemExit("先运行 make bench-env。/ Run make bench-env first.")
    given = [int(a) for a in sys.argv[1:]]
    main(*(given + [500_000, 1_000_000, 3][len(given):]))
