"""Writes the tables of docs/performance.md and docs/scale.md from benchmarks/results; `--check` only says whether they agree."""

import re
import sys
from pathlib import Path

import results
import scale

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOT_RUN = "Not measured yet on this state of the code."


def rules_at_scale(f: dict) -> str:
    c, p = f["clock"], f["processors"]
    head = f"{f['visits']:,} visits, {f['transactions']:,} transactions, {f['rules']} rules, {f['findings']:,} subjects found. {_of(f)}\n\n| | seconds by the clock | seconds of processors |\n|---|---|---|\n"
    sums = f"| all rules | {c['all_rules']} | {p['all_rules']} |\n| {len(p['checks'])} checks, ours | {c['ours']} | {p['ours']} |\n| the same by hand, the better of two | {c['peer']} | {p['peer']} |\n| ratio (aim: 3) | {c['ratio']} | {p['ratio']} |\n\n"
    rest, rule = p["most_expensive_without_peer"]
    sums += f"Of the rules that are not written by hand the dearest, {rule}, takes {rest} s of a processor.\n\n"
    rows = "".join(f"| {r['rule']} | {r['bangfu']} | {r['DuckDB']} | {r['Polars']} | {r['bangfu'] / min(r['DuckDB'], r['Polars']):.1f} |\n" for r in p["checks"])
    return head + sums + "Seconds of processors, check by check:\n\n| rule | ours | DuckDB | Polars | ratio to the better |\n|---|---|---|---|---|\n" + rows


def quality_by_hand(f: dict) -> str:
    rows = "".join(f"| {name} | {f[name]['suites']} | {f[name]['by_hand']} | {f[name]['ratio']} |\n" for name in ("clock", "processors"))
    return f"{f['rows']:,} rows of all tables, {f['expectations']} expectations about columns, the same counts. {_of(f)}\n\n| seconds | suites | by hand | ratio (aim: 3) |\n|---|---|---|---|\n{rows}"


def growth(f: dict) -> str:
    head = "| households | counties | rows | read | validate | rules | assessment | in all | ms a household | peak, MiB |\n|---|---|---|---|---|---|---|---|---|---|\n"
    rows = ""
    for s in f["sizes"]:
        took = [seconds for _, seconds in s["steps"].values()]
        each = 1000 * sum(took) / (s["households"] * s["counties"])
        rows += f"| {s['households']:,} | {s['counties']} | {s['rows']:,} | {' | '.join(f'{t:.1f}' for t in took)} | {sum(took):.1f} | {each:.1f} | {s['peak_mib']:,} |\n"
    return f"Seconds of processors. {_of(f)}\n\n" + head + rows


def county_profile(f: dict) -> str:
    dear = [(step, what, seconds, share) for step, what, seconds, share in f["parts"] if share >= 0.01]
    rest = sum(seconds for *_, seconds, _ in f["parts"]) - sum(seconds for *_, seconds, _ in dear)
    rows = "".join(f"| {step} | {what} | {seconds:.2f} | {share:.1%} |\n" for step, what, seconds, share in dear)
    rows += f"| the {len(f['parts']) - len(dear)} others, each below 1% | | {rest:.2f} | {rest / f['seconds']:.1%} |\n"
    cells = "".join(f"| {notebook} | `{line}` | {seconds:.2f} |\n" for notebook, line, seconds in f["cells"])
    head = f"{f['households']} households; {f['seconds']} seconds of processors in all. {_of(f)}\n\n| step | what | seconds | share |\n|---|---|---|---|\n"
    return f"{head}{rows}\nThe dearest cells of the notebooks, with what showing them takes:\n\n| notebook | cell | seconds |\n|---|---|---|\n{cells}"


def plain(f: dict) -> str:
    """Figures of a benchmark that has no table of its own: each with where it stands in the file."""
    rows = "".join(f"| {place} | {value} |\n" for place, value in _leaves(f))
    return "| figure | value |\n|---|---|\n" + rows


def _leaves(value, place: str = ""):
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, f"{place} · {name}" if place else name)
    elif isinstance(value, list):
        yield place, ", ".join(str(v) for v in value)
    else:
        yield place, value


def _of(f: dict) -> str:
    m = f["machine"]
    return f"{m['cores']} cores, {m['memory_gib']} GiB; {m['load']} processes wanted a core meanwhile."


TABLES = {"rules_at_scale": rules_at_scale, "quality_by_hand": quality_by_hand, "growth": growth, "county_profile": county_profile, "scale": lambda f: scale.table(f)}


def table(name: str) -> str:
    figures = results.read("growth" if name == "scale" else name)
    return NOT_RUN if figures is None else TABLES.get(name, plain)(figures).strip()


def filled(page: str) -> str:
    """The page with each `<!-- name -->…<!-- /name -->` filled from the figures."""
    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", lambda m: f"<!-- {m[1]} -->\n{table(m[1])}\n<!-- /{m[1]} -->", page, flags=re.S)


def main(check: bool) -> int:
    stale = []
    for file in (DOCS / "performance.md", DOCS / "scale.md"):
        page = file.read_text(encoding="utf-8")
        if page != filled(page):
            stale.append(file.name)
            if not check:
                file.write_text(filled(page), encoding="utf-8")
    print(("not as measured: " if check else "written: ") + (", ".join(stale) or "nothing"))
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
