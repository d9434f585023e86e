"""Are households in two counties the same people?"""

import pandas as pd

from bangfu.relations.chains import Chain
from bangfu.relations.network import Network

COLUMNS = ["person", "name", "county", "household", "other_county", "other_household", "status", "chain", "chain_en", "evidence"]


def registered_twice(network: Network) -> pd.DataFrame:
    """Each person who is a member of a household in one county and in another, a row per person and pair of households.

    status: exact (the same id number in both), doubtful (different names beside it, or a wrong check character),
    suggested or confirmed (likeness; see `likeness`). One who married or moved may rightly stand in both for a time: the
    dates of registration are for the auditor to see.
    """
    edges = network.edges
    homes = edges[edges["kind"] == "member_of"].reset_index(names="edge")
    homes["county"] = homes["b"].str.split(":", n=2).str[1]
    both = homes.merge(homes, on="a", suffixes=("", "_other"))
    rows = [_row(network, [r.edge], [r.edge_other], r.b) for r in both[both["county"] < both["county_other"]].itertuples()]
    alike = edges[edges["kind"].isin(["same", "same_confirmed"])].reset_index(names="same")
    alike = alike.merge(homes[["a", "b", "county", "edge"]].rename(columns={"b": "home"}), on="a")
    alike = alike.merge(homes[["a", "b", "county", "edge"]].rename(columns={"a": "b", "b": "home"}), on="b", suffixes=("", "_other"))
    rows += [_row(network, [r.edge, r.same], [r.edge_other], r.home) for r in alike[alike["county"] != alike["county_other"]].itertuples()]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(["status", "county", "household", "person"], kind="stable", ignore_index=True)


def _row(network: Network, there: list[int], back: list[int], start: str) -> dict:
    chain: Chain = network.chain(start, there + back)
    nodes = chain.nodes
    _, county, household = nodes[0].split(":", 2)
    _, other_county, other_household = nodes[-1].split(":", 2)
    return {
        "person": nodes[1], "name": network.label(nodes[1]), "county": county, "household": household, "other_county": other_county, "other_household": other_household,
        "status": chain.status, "chain": chain.say(), "chain_en": chain.say("en"), "evidence": chain.rows,
    }  # fmt: skip
