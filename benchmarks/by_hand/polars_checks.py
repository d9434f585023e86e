"""Checks by hand in Polars, lazily, by all cores. `python polars_checks.py <tables> <settings> <rounds>`, in .venv-bench"""

from datetime import date

import polars as pl
from answering import answer, asked
from polars import col

PAIR = ["helper_id", "household_id"]


def _once(table: pl.LazyFrame, number: str) -> pl.LazyFrame:
    return table.filter(col(number).is_null() | col(number).is_first_distinct())


def _missed(t, s, role: str, mode: str, months: int) -> pl.LazyFrame:
    year = s["year"]
    starts = [date(year, m, 1) for m in range(1, 13, months)]
    spans = pl.LazyFrame({"period": range(len(starts)), "first": starts}).with_columns(last=col("first").dt.offset_by(f"{months}mo").dt.offset_by("-1d"))
    held = t["pairings"].filter(col("role") == role, col("end_on").is_null() | (col("end_on") >= col("start_on")), *(col(c).is_not_null() for c in PAIR))
    due = held.join(spans, how="cross").filter(col("start_on") <= col("first"), col("end_on").is_null() | (col("end_on") >= col("last"))).select(*PAIR, "period").unique()
    visits = t["visits"].filter(col("mode") == mode, col("visited_at") >= date(year, 1, 1), col("visited_at") < date(year + 1, 1, 1))
    made = visits.select(*PAIR, period=((col("visited_at").dt.month() - 1) // months).cast(pl.Int64))
    return due.join(made, on=[*PAIR, "period"], how="anti")


def first_home(t, s):
    return _missed(t, s, "first", "home", s["HV-01"]["first_visit_months"]).select("helper_id").unique()


def first_call(t, s):
    return _missed(t, s, "first", "telephone", 1).select("helper_id").unique()


def second_home(t, s):
    return _missed(t, s, "second", "home", 1).select("helper_id").unique()


def unit(t, s):
    units = t["helpers"].filter(col("helper_id").is_not_null()).with_columns(unit=col("unit").str.strip_chars().replace("", None))
    units = units.group_by("helper_id", maintain_order=True).agg(col("unit").drop_nulls().first())
    missed = _missed(t, s, "first", "home", s["HV-01"]["first_visit_months"]).join(units, on="helper_id").filter(col("unit").is_not_null())
    return missed.group_by("unit").len().filter(col("len") >= s["HV-11"]["unit_missed"]).select("unit")


def outside_pairing(t, s):
    doubtful = col("start_on").is_null() | (col("end_on") < col("start_on")).fill_null(False)
    whole = t["visits"].select("visit_id", *PAIR, "visited_at").drop_nulls().with_row_index("row")
    within = whole.join(t["pairings"].filter(~doubtful).select(*PAIR, "start_on", "end_on"), on=PAIR)
    within = within.filter(col("start_on") <= col("visited_at"), col("end_on").is_null() | (col("visited_at") < col("end_on").dt.offset_by("1d")))
    return whole.join(within, on="row", how="anti").join(t["pairings"].filter(doubtful), on=PAIR, how="anti").select("visit_id").unique()


def same_text(t, s):
    home = t["visits"].filter(col("mode") == "home", col("helper_id").is_not_null(), col("content").is_not_null())
    often = home.group_by("helper_id", "content").agg(pl.len(), col("visit_id").n_unique().alias("visits"))
    return often.filter(col("len") >= s["HV-06"]["same_text"], col("visits") >= s["HV-06"]["same_text"]).select("helper_id").unique()


def beyond_budget(t, s):
    claimed = _once(t["claims"], "claim_id").group_by("project_id").agg(col("amount").sum())
    return claimed.join(_once(t["projects"], "project_id"), on="project_id").filter(col("amount") > col("budget")).select("project_id")


def ahead_of_progress(t, s):
    project = _once(t["projects"], "project_id").select("project_id", "contract_amount")
    judged = _once(t["claims"], "claim_id").select("claim_id", "project_id", "claimed_on", "amount", "progress").join(project, on="project_id")
    judged = judged.filter(pl.all_horizontal(col("claimed_on", "amount", "progress", "contract_amount").is_not_null())).sort("project_id", "claimed_on", "claim_id")
    so_far = col("amount").cum_sum().over("project_id")
    return judged.filter(so_far * 10_000 > (col("progress") + s["RA-02"]["tolerance"]) * col("contract_amount")).select("claim_id").drop_nulls().unique()


def invoice_twice(t, s):
    claims = t["claims"].filter(col("invoice_no").is_not_null(), col("claim_id").is_not_null()).group_by("claim_id").agg(col("invoice_no").min())
    return claims.filter(col("invoice_no").is_duplicated()).select("claim_id")


def _paid(t, column: str) -> pl.LazyFrame:
    outflows = t["ledger"].filter(col("direction") == "out", col("txn_id").is_not_null()).unique("txn_id", keep="first", maintain_order=True)
    return t["claims"].select("claim_id", "txn_id", column).join(outflows.select("txn_id", paid=column), on="txn_id")


def other_project(t, s):
    return _paid(t, "project_id").filter(col("project_id") != col("paid")).select("claim_id").drop_nulls().unique()


def other_amount(t, s):
    return _paid(t, "amount").filter(col("amount") != col("paid")).select("claim_id").drop_nulls().unique()


def other_purpose(t, s):
    purposes = t["funds"].select("fund_id", expense_type="purpose").drop_nulls().unique()
    spent = t["ledger"].filter(col("direction") != "in", col("txn_id").is_not_null(), col("expense_type").is_in(s["FE-01"]["project_categories"]))
    known = spent.join(purposes, on="fund_id", how="semi")
    return known.join(purposes, on=["fund_id", "expense_type"], how="anti").select("txn_id").unique()


def _spent(t) -> pl.LazyFrame:
    entries = _once(t["ledger"], "txn_id").filter(col("fund_id").is_not_null(), (col("direction") != "in").fill_null(True))
    unknown = col("amount").is_null() | col("direction").is_null()
    spending = entries.group_by("fund_id").agg(spent=col("amount").filter(~unknown).sum(), unknown=unknown.sum())
    return _once(t["funds"], "fund_id").join(spending, on="fund_id", how="left").with_columns(col("spent").fill_null(0), col("unknown").fill_null(0))


def idle(t, s):
    days = (pl.lit(date(s["year"], 12, 31)).cast(pl.Datetime("us")) - col("received_on")).dt.total_days()
    share = s["FE-04"]["idle_share"]
    return _spent(t).filter(days > s["FE-04"]["idle_days"], col("spent") * share[1] < col("received") * share[0], col("unknown") == 0).select("fund_id")


def overspent(t, s):
    return _spent(t).filter(col("spent") > col("received")).select("fund_id")


CHECKS = {
    "HV-01": first_home, "HV-02": first_call, "HV-03": second_home, "HV-05": outside_pairing, "HV-06": same_text, "HV-11": unit, "RA-01": beyond_budget,
    "RA-02": ahead_of_progress, "RA-03": invoice_twice, "RA-10": other_project, "RA-11": other_amount, "FE-01": other_purpose, "FE-04": idle, "FE-09": overspent,
}  # fmt: skip


def main() -> None:
    folder, settings, rounds = asked()
    tables = {file.stem: pl.read_parquet(file).lazy() for file in sorted(folder.glob("*.parquet"))}
    answer({rule: lambda t, s, of=of: of(t, s).collect().to_series().to_list() for rule, of in CHECKS.items()}, tables, settings, rounds)


if __name__ == "__main__":
    main()
