"""Is a contractor's legal representative a helper, a household member, on the payroll, or one step from one?"""

import pandas as pd

from bangfu.relations.network import Network
from bangfu.relations.officials import officials_behind

COLUMNS = ["company", "contractor", "person", "name", "roles", "steps", "status", "projects", "amount", "chain", "chain_en", "evidence"]


def behind_contractors(network: Network) -> pd.DataFrame:
    """Each helper, person on the payroll or household member behind a contractor, a row each (columns `COLUMNS`).

    steps: links from the contractor (1: the legal representative himself). amount: fen of the contractor's contracts.
    evidence: rows of every link and of the contracts, as (county, row token). Contractors with nobody behind them have no row.
    """
    contracts = network.edges[network.edges["kind"] == "contract"]
    rows = []
    for company, of in contracts.groupby("a", sort=True):
        works = [row for edge in of.index for row in network.rows_of(edge)]
        projects = [n.rpartition(":")[2] for n in of["b"]]
        amount = _amount(network, works)
        for chain in officials_behind(network, company, network.settings.max_links):
            end = chain.nodes[-1]
            rows.append(
                {
                    "company": company, "contractor": network.label(company), "person": end, "name": network.label(end), "roles": tuple(r for r, _ in chain.ending),
                    "steps": len(chain.steps), "status": chain.status, "projects": projects, "amount": amount, "chain": chain.say(), "chain_en": chain.say("en"),
                    "evidence": list(dict.fromkeys(chain.rows + works)),
                }
            )  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"amount": "Int64"})
    return table.sort_values(["steps", "company", "person"], kind="stable", ignore_index=True)


def not_followed(network: Network) -> dict[str, int]:
    """What the question could not be put to: contractors without a legal representative, representatives without an id number."""
    contractors = set(network.edges.loc[network.edges["kind"] == "contract", "a"])
    represents = network.edges[network.edges["kind"] == "represents"]
    known = network.persons["id_number"].reindex(represents["a"])
    return {
        "contractors": len(contractors),
        "without_representative": len(contractors - set(represents["b"])),
        "without_id_number": int(represents.loc[known.isna().to_numpy(), "b"].nunique()),
    }


def _amount(network: Network, works: list[tuple[str, int]]) -> int | None:
    """Fen of the contracts in these rows of the projects table; None where no amount is known."""
    total = None
    for county in {c for c, _ in works}:
        projects = network.tables[county]["projects"]
        if "contract_amount" in projects:
            known = projects.loc[projects["origin"].isin([o for c, o in works if c == county]), "contract_amount"].dropna()
            total = (total or 0) + int(known.sum()) if len(known) else total
    return total
