"""Which officials stand behind a node: a helper or somebody on the public payroll, himself or some links away."""

from bangfu.relations.chains import Chain
from bangfu.relations.network import Network

OFFICIAL_ROLES = ("helper", "payroll")
MEMBER_ROLES = ("member", "head")


def officials_behind(network: Network, start: str, links: int) -> list[Chain]:
    """The shortest chain from a node to each helper, person on the payroll or household member behind it.

    links: the most links that are followed. Suggested links serve only where no others lead to that person. Whoever is
    reached only through another official is left out, as is a household member reached through a household: that
    would be the whole household of somebody who is told of already.
    """
    chains: dict[str, Chain] = {}
    for suggested in (False, True):
        near = network.near(start, links, suggested=suggested)
        roles = network.persons["roles"].reindex([n for n in near if n.startswith("person:") and n not in chains and n != start]).dropna()
        goals = [n for n, of in roles.items() if {*OFFICIAL_ROLES, *MEMBER_ROLES} & set(of)]
        for chain in network.paths(start, goals, suggested=suggested):
            end = chain.nodes[-1]
            official = set(roles[end]) & set(OFFICIAL_ROLES)
            if not official and any(n.startswith("household:") for n in chain.nodes):
                continue
            chains[end] = network.ended(chain, OFFICIAL_ROLES if official else MEMBER_ROLES[:1])
    officials = {n for n, c in chains.items() if {role for role, _ in c.ending} & set(OFFICIAL_ROLES)}
    kept = [c for c in chains.values() if not officials & set(c.nodes[1:-1])]
    return sorted(kept, key=lambda c: (len(c.steps), c.nodes[-1]))
