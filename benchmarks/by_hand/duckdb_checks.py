"""Checks by hand in DuckDB, on tables in its own storage, by all cores. `python duckdb_checks.py <tables> <settings> <rounds>`"""

import duckdb
from answering import answer, asked

MISSED = """
spans AS (SELECT p AS period, make_date($year, (p - 1) * {months} + 1, 1) AS first, last_day(make_date($year, p * {months}, 1)) AS last FROM range(1, 12 // {months} + 1) t(p)),
due AS (SELECT DISTINCT helper_id, household_id, period FROM pairings, spans
        WHERE role = '{role}' AND start_on <= first AND (end_on IS NULL OR (end_on >= last AND end_on >= start_on)) AND helper_id IS NOT NULL AND household_id IS NOT NULL),
made AS (SELECT helper_id, household_id, (month(visited_at) - 1) // {months} + 1 AS period FROM visits
         WHERE mode = '{mode}' AND visited_at >= make_date($year, 1, 1) AND visited_at < make_date($year + 1, 1, 1)),
missed AS (SELECT * FROM due ANTI JOIN made USING (helper_id, household_id, period))
"""
CLAIMS_ONCE = "claims_once AS (SELECT {} FROM claims GROUP BY coalesce(claim_id, origin::VARCHAR))"
PROJECT = "project AS (SELECT project_id, arg_min_null({0}, origin) AS {0} FROM projects WHERE project_id IS NOT NULL GROUP BY project_id)"
PAID = "paid AS (SELECT txn_id, arg_min_null({0}, origin) AS {0} FROM ledger WHERE direction = 'out' AND txn_id IS NOT NULL GROUP BY txn_id)"
SPENT = """
entry AS (SELECT arg_min_null(fund_id, origin) AS fund_id, arg_min_null(direction, origin) AS direction, arg_min_null(amount, origin) AS amount
          FROM ledger GROUP BY coalesce(txn_id, origin::VARCHAR)),
spending AS (SELECT fund_id, sum(amount) FILTER (direction IS NOT NULL) AS spent, count(*) FILTER (amount IS NULL OR direction IS NULL) AS unknown
             FROM entry WHERE fund_id IS NOT NULL AND direction IS DISTINCT FROM 'in' GROUP BY fund_id),
fund AS (SELECT fund_id, arg_min_null(received, origin) AS received {more} FROM funds WHERE fund_id IS NOT NULL GROUP BY fund_id),
spent AS (SELECT fund.*, coalesce(spent, 0) AS spent, coalesce(unknown, 0) AS unknown FROM fund LEFT JOIN spending USING (fund_id))
"""


def _missed(role: str, mode: str, months) -> str:
    return MISSED.format(role=role, mode=mode, months=months)


def _first(*columns: str) -> str:
    return ", ".join(f"arg_min_null({c}, origin) AS {c}" for c in columns)


def sql_of(s: dict) -> dict[str, str]:
    """Rule id -> query of its subjects."""
    first_home = _missed("first", "home", s["HV-01"]["first_visit_months"])
    listed = ", ".join(f"'{c}'" for c in s["FE-01"]["project_categories"])
    idle, share = s["FE-04"]["idle_days"], s["FE-04"]["idle_share"]
    return {
        "HV-01": f"WITH {first_home} SELECT DISTINCT helper_id FROM missed",
        "HV-02": f"WITH {_missed('first', 'telephone', 1)} SELECT DISTINCT helper_id FROM missed",
        "HV-03": f"WITH {_missed('second', 'home', 1)} SELECT DISTINCT helper_id FROM missed",
        "HV-05": """
            WITH sure AS (SELECT * FROM pairings WHERE start_on IS NOT NULL AND (end_on IS NULL OR end_on >= start_on)),
            doubtful AS (SELECT helper_id, household_id FROM pairings WHERE start_on IS NULL OR end_on < start_on)
            SELECT DISTINCT visit_id FROM visits v WHERE visit_id IS NOT NULL AND household_id IS NOT NULL AND helper_id IS NOT NULL AND visited_at IS NOT NULL
            AND NOT EXISTS (FROM sure p WHERE p.helper_id = v.helper_id AND p.household_id = v.household_id AND p.start_on <= v.visited_at AND (p.end_on IS NULL OR v.visited_at < p.end_on + INTERVAL 1 DAY))
            AND NOT EXISTS (FROM doubtful d WHERE d.helper_id = v.helper_id AND d.household_id = v.household_id)""",
        "HV-06": f"""
            SELECT DISTINCT helper_id FROM (SELECT helper_id FROM visits WHERE mode = 'home' AND helper_id IS NOT NULL AND content IS NOT NULL
            GROUP BY helper_id, content HAVING count(*) >= {s["HV-06"]["same_text"]} AND count(DISTINCT coalesce(visit_id, '')) >= {s["HV-06"]["same_text"]})""",
        "HV-11": f"""
            WITH {first_home}, unit_of AS (SELECT helper_id, arg_min(nullif(trim(unit), ''), origin) AS unit FROM helpers WHERE helper_id IS NOT NULL GROUP BY helper_id)
            SELECT unit FROM missed JOIN unit_of USING (helper_id) WHERE unit IS NOT NULL GROUP BY unit HAVING count(*) >= {s["HV-11"]["unit_missed"]}""",
        "RA-01": f"""
            WITH {CLAIMS_ONCE.format(_first("project_id", "amount"))}, {PROJECT.format("budget")}
            SELECT project_id FROM (SELECT project_id, sum(amount) AS claimed FROM claims_once GROUP BY project_id) JOIN project USING (project_id) WHERE claimed > budget""",
        "RA-02": f"""
            WITH {CLAIMS_ONCE.format(_first("claim_id", "project_id", "claimed_on", "amount", "progress"))}, {PROJECT.format("contract_amount")},
            judged AS (SELECT *, sum(amount) OVER (PARTITION BY project_id ORDER BY claimed_on, claim_id ROWS UNBOUNDED PRECEDING) AS so_far FROM claims_once JOIN project USING (project_id)
                       WHERE claimed_on IS NOT NULL AND amount IS NOT NULL AND progress IS NOT NULL AND contract_amount IS NOT NULL)
            SELECT DISTINCT claim_id FROM judged WHERE claim_id IS NOT NULL AND so_far * 10000 > (progress + {s["RA-02"]["tolerance"]}) * contract_amount""",
        "RA-03": """
            WITH once AS (SELECT claim_id, min(invoice_no) AS invoice_no FROM claims WHERE invoice_no IS NOT NULL AND claim_id IS NOT NULL GROUP BY claim_id)
            SELECT claim_id FROM once SEMI JOIN (SELECT invoice_no FROM once GROUP BY invoice_no HAVING count(*) > 1) USING (invoice_no)""",
        "RA-10": f"WITH {PAID.format('project_id')} SELECT DISTINCT claim_id FROM claims c JOIN paid p USING (txn_id) WHERE claim_id IS NOT NULL AND c.project_id <> p.project_id",
        "RA-11": f"WITH {PAID.format('amount')} SELECT DISTINCT claim_id FROM claims c JOIN paid p USING (txn_id) WHERE claim_id IS NOT NULL AND c.amount <> p.amount",
        "FE-01": f"""
            WITH purposes AS (SELECT DISTINCT fund_id, purpose FROM funds WHERE fund_id IS NOT NULL AND purpose IS NOT NULL)
            SELECT DISTINCT txn_id FROM ledger l WHERE txn_id IS NOT NULL AND direction <> 'in' AND expense_type IN ({listed})
            AND EXISTS (FROM purposes p WHERE p.fund_id = l.fund_id) AND NOT EXISTS (FROM purposes p WHERE p.fund_id = l.fund_id AND p.purpose = l.expense_type)""",
        "FE-04": f"""
            WITH {SPENT.format(more=", arg_min_null(received_on, origin) AS received_on")}
            SELECT fund_id FROM spent WHERE date_diff('day', received_on, make_date($year, 12, 31)) > {idle} AND spent * {share[1]} < received * {share[0]} AND unknown = 0""",
        "FE-09": f"WITH {SPENT.format(more='')} SELECT fund_id FROM spent WHERE spent > received",
    }


def main() -> None:
    folder, settings, rounds = asked()
    tables = duckdb.connect()
    for file in sorted(folder.glob("*.parquet")):
        tables.execute(f"CREATE TABLE {file.stem} AS FROM read_parquet('{file}')")

    def check(query: str):
        given = {"year": settings["year"]} if "$year" in query else None
        return lambda t, _: [subject for (subject,) in t.execute(query, given).fetchall()]

    answer({rule: check(query) for rule, query in sql_of(settings).items()}, tables, settings, rounds)


if __name__ == "__main__":
    main()
