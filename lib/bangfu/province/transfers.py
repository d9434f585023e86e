"""Money that crosses from an account of one county to an account of another.

A county's own accounts are those whose books it handed in, and those of a public kind in its table of accounts. A transfer stands in
the books of the sender, of the receiver, or of both; of one that stands in both each fen counts once (same accounts, amount and turn, as in
`funds.transfers`). An account that two counties call their own is nobody's here: what moves over it is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bangfu.province.settings import ProvinceSettings
from bangfu.province.tables import Tables

COLUMNS = ["sender", "sender_account", "receiver", "receiver_account", "amount", "paid_on", "came_on", "paid_origin", "came_origin", "books"]


@dataclass(frozen=True)
class Crossed:
    """rows: a transfer each: sender and receiver (county codes), their accounts, amount (fen), the day and row token in the books of either
    (missing where its books do not show it), books (both, sender, receiver). without_books: counties without a ledger.
    disputed: accounts that several counties call their own, with the counties and the ledger rows that name them."""

    rows: pd.DataFrame
    without_books: list[str]
    disputed: pd.DataFrame

    @property
    def between(self) -> pd.DataFrame:
        """A row per pair of counties: sender, receiver, transfers, amount (fen), the largest first."""
        summed = self.rows.groupby(["sender", "receiver"]).agg(transfers=("amount", "size"), amount=("amount", "sum")).reset_index()
        return summed.sort_values(["amount", "sender", "receiver"], ascending=[False, True, True], ignore_index=True)


def transfers(tables: Tables, settings: ProvinceSettings) -> Crossed:
    """Every transfer between accounts of two counties, in the order of its day."""
    tables.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _own AS SELECT DISTINCT county, account_no FROM (
            SELECT county, account_no FROM table_ledger UNION ALL
            SELECT county, account_no FROM table_accounts WHERE account_kind IN ({", ".join("'" + k.replace("'", "''") + "'" for k in settings.public_accounts)})
        ) WHERE account_no IS NOT NULL
        """
    )
    disputed = tables.ask(
        """
        WITH several AS (SELECT account_no, string_agg(county, '|' ORDER BY county) AS counties FROM _own GROUP BY account_no HAVING count(*) > 1),
             named AS (SELECT account_no FROM table_ledger WHERE account_no IS NOT NULL UNION ALL SELECT counterparty_account FROM table_ledger WHERE counterparty_account IS NOT NULL)
        SELECT s.account_no, s.counties, count(n.account_no) AS rows FROM several AS s LEFT JOIN named AS n USING (account_no) GROUP BY ALL ORDER BY s.account_no
        """
    )
    rows = tables.ask(
        """
        WITH owner AS (SELECT account_no, min(county) AS county FROM _own GROUP BY account_no HAVING count(*) = 1),
             told AS (SELECT l.county, l.direction, l.amount, l.posted_on, l.txn_id, l.origin,
                             CASE l.direction WHEN 'out' THEN l.account_no ELSE l.counterparty_account END AS sender_account,
                             CASE l.direction WHEN 'out' THEN l.counterparty_account ELSE l.account_no END AS receiver_account
                      FROM table_ledger AS l WHERE l.direction IN ('out', 'in') AND l.amount IS NOT NULL),
             across AS (SELECT t.*, s.county AS sender, r.county AS receiver,
                               row_number() OVER (PARTITION BY t.direction, t.sender_account, t.receiver_account, t.amount ORDER BY t.posted_on, t.txn_id, t.origin) AS turn
                        FROM told AS t JOIN owner AS s ON s.account_no = t.sender_account JOIN owner AS r ON r.account_no = t.receiver_account WHERE s.county <> r.county),
             paid AS (SELECT * FROM across WHERE direction = 'out'), came AS (SELECT * FROM across WHERE direction = 'in')
        SELECT coalesce(p.sender, c.sender) AS sender, coalesce(p.sender_account, c.sender_account) AS sender_account, coalesce(p.receiver, c.receiver) AS receiver,
               coalesce(p.receiver_account, c.receiver_account) AS receiver_account, coalesce(p.amount, c.amount) AS amount, p.posted_on AS paid_on, c.posted_on AS came_on,
               p.origin AS paid_origin, c.origin AS came_origin, CASE WHEN c.origin IS NULL THEN 'sender' WHEN p.origin IS NULL THEN 'receiver' ELSE 'both' END AS books
        FROM paid AS p FULL JOIN came AS c ON p.sender_account = c.sender_account AND p.receiver_account = c.receiver_account AND p.amount = c.amount AND p.turn = c.turn
        ORDER BY coalesce(p.posted_on, c.posted_on), sender_account, receiver_account, amount, p.turn, c.turn
        """
    )
    has_books = tables.have("tables/ledger")
    return Crossed(rows[COLUMNS], [c.code for c in tables.counties.used if c.code not in has_books], disputed)
