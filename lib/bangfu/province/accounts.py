"""Bank accounts and contractors that appear in more than one county."""

import pandas as pd

from bangfu.province.tables import Tables


def shared_accounts(tables: Tables) -> pd.DataFrame:
    """Accounts into which benefits of two counties or more were paid, a row per account and county: account_no, county, households, payments,
    amount (fen), holders (names, text), registered (kind in the accounts table of some county, missing = none), origin (a first row).

    An account of an institution (a hospital, a school) may rightly receive from several counties.
    """
    return tables.ask(
        """
        WITH shared AS (SELECT account_no FROM table_benefits WHERE account_no IS NOT NULL GROUP BY account_no HAVING min(county) < max(county)),
             known AS (SELECT account_no, min(account_kind) AS registered FROM table_accounts GROUP BY account_no)
        SELECT b.account_no, b.county, count(DISTINCT b.household_id) AS households, count(*) AS payments, sum(b.amount) AS amount,
               string_agg(DISTINCT b.account_name, '、' ORDER BY b.account_name) AS holders, any_value(k.registered) AS registered, min(b.origin) AS origin
        FROM table_benefits AS b SEMI JOIN shared USING (account_no) LEFT JOIN known AS k USING (account_no)
        GROUP BY b.account_no, b.county ORDER BY b.account_no, b.county
        """
    )


def contractors(tables: Tables) -> pd.DataFrame:
    """Contractors with contracts in two counties or more, a row each: contractor, counties (codes, joined by |), projects, amount (fen of contracts), representatives
    (how many id numbers stand as its legal representative). To work in several counties is nothing by itself."""
    return tables.ask(
        """
        SELECT contractor, string_agg(DISTINCT county, '|' ORDER BY county) AS counties, count(*) AS projects, sum(contract_amount) AS amount, count(DISTINCT legal_representative_id) AS representatives
        FROM table_projects WHERE contractor IS NOT NULL GROUP BY contractor HAVING min(county) < max(county) ORDER BY count(DISTINCT county) DESC, amount DESC NULLS LAST, contractor
        """
    )
