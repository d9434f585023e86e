"""What the notebook of inspectors shows of yunling: the ring that starts at a special account, and nothing personal in public."""

import json

import pandas as pd
import pytest

from bangfu import charts, notebooks, tracing
from bangfu.publish.pages import FundTrace


@pytest.fixture(scope="module")
def traced(yunling, tmp_path_factory) -> FundTrace:
    return FundTrace.open(yunling.params, 2019, reports=tmp_path_factory.mktemp("reports"), edition="internal")


@pytest.fixture(scope="module")
def public(traced) -> FundTrace:
    page = FundTrace(traced.county)
    page.__dict__ |= {k: v for k, v in traced.__dict__.items() if k in ("traces", "books", "claims", "ledger", "routes", "widest")}
    return page


def test_the_ring_is_laid_open(traced):
    """Special account → company → private person → basic account of the same township, read off the ledger by eye: LS2019000368,
    372 and 379, of 9,400, 8,648 and 4,700 yuan, each standing in both ledgers."""
    first = traced.loops().frame.query("route == 1")
    assert set(tracing.METHODS) <= set(traced.loops_by_method().columns)
    assert first["txn_id"].tolist() == ["LS2019000368", "LS2019000372", "LS2019000379"]
    assert first["amount"].tolist() == [940_000, 864_800, 470_000]
    # The company and the person each had 5,000,000 yuan before: last in, first out and the election carry all round, first in and own first nothing.
    for method in ("lifo", "election"):
        assert first[method].tolist() == [940_000, 864_800, 470_000], method
    for method in ("fifo", "libr", "difference"):
        assert first[method].tolist() == [940_000, 0, 0], method
    # 8,648 × 9,400 / 5,009,400 = 16.2276
    assert first["pro_rata"].tolist()[1] == 1_623
    assert all(len(s) == 2 and {x["file"].split("/")[-1] for x in s} == {"账户流水.csv"} for s in first["sources"])


def test_every_method_accounts_for_the_same_money(traced):
    rows = traced.by_method().frame
    assert len(rows) == len(tracing.METHODS)
    assert (rows[["held", "gone", "not_there", "far"]].sum(axis=1) == traced.starts_table["amount"].sum()).all()


def test_all_is_shown_and_names_no_private_person_in_public(traced, public):
    public.county.edition = "public"
    try:
        shown = [getattr(public, name)() for name in ("conclusion", "starts", "books_said", "rules", "by_method", "loops", "loops_by_method", "timeline", "flow_chart", "legs", "to_request", "passed_through", "kept_below", "gathered_and_spread", "year_end")]
        pages = "".join((s._repr_html_() or "") + (s.svg or "" if isinstance(s, charts.Chart) else "") for s in shown)
    finally:
        public.county.edition = "internal"
    person = traced.county.tables["accounts"].query("account_kind == '个人账户'")
    assert len(person) and not any(secret in pages for secret in [*person["account_name"], *traced.county.tables["accounts"]["account_no"]])
    assert "(None" not in pages and "nan" not in pages.lower().replace("finance", "")
    named = "".join(getattr(traced, name)()._repr_html_() for name in ("loops", "legs"))
    assert person["account_name"].iloc[0] in named


def test_from_one_transaction(traced):
    page = FundTrace(traced.county, ["LS2019000372"], ["fifo", "lifo"], hops=1)
    assert page.starts_table["amount"].tolist() == [864_800] and list(page.traces) == ["fifo", "lifo"]
    assert page.traces["lifo"].legs["end"].tolist() == [tracing.FAR]
    page.county.folder.mkdir(parents=True, exist_ok=True)
    page.finish()
    told = json.loads((page.county.folder / "fund_trace.json").read_text(encoding="utf-8"))
    assert [t["amount"] for t in told["starts"]] == ["8,648.00"] and told["by method"]["lifo"]["hops"] == "8,648.00"
    left = pd.read_parquet(page.county.folder / "fund_trace.parquet")
    assert left["method"].tolist() == ["fifo", "lifo"] and left["amount"].tolist() == [864_800, 864_800]


def test_without_a_ledger_it_says_so(traced):
    page = FundTrace(traced.county)
    page.reason = page.reason or tracing.METHODS["fifo"].title  # any sentence
    assert "未评估" in repr(page.conclusion()) and page.loops() is None and page.flow_chart() is None


def test_the_notebook_runs_only_when_it_is_named():
    assert "fund_trace" not in {n.name for n in notebooks.chosen(None)}
    assert [n.name for n in notebooks.chosen(["fund_trace"])] == ["fund_trace"]


def test_charts_hold_their_figures_in_words():
    links = pd.DataFrame({"hop": [1, 2], "source": ["甲", "乙"], "target": ["乙", "丙"], "amount": pd.array([940_000, 470_000], dtype="Int64"), "back": [False, True]})
    chart = charts.sankey(links, title="t", subtitle="s")
    assert "甲 → 乙 9,400.00" in chart.alt and "乙 → 丙 4,700.00" in chart.alt and chart.svg.startswith("<svg")
    assert charts.sankey(links.head(0), title="t", subtitle="s").figure is None
    paid = links.assign(posted_on=pd.to_datetime(["2019-08-06", "2019-08-08"]))
    assert "2019-08-08 乙 → 丙 4,700.00" in charts.money_timeline(paid, title="t", subtitle="s").alt
