"""Do the benefits of many households end with one person or account?

A benefit is a household's own where it goes to the household's account or to an account in the name of one of its
members: children, the aged and the disabled are commonly paid that way, and it is no ground for anything.
"""

import pandas as pd

from bangfu.entries import once
from bangfu.money import in_words
from bangfu.relations.names import written_alike
from bangfu.relations.network import Network
from bangfu.relations.officials import OFFICIAL_ROLES, officials_behind
from bangfu.relations.words import ROLE

COLUMNS = ["receiver", "label", "kind", "status", "households", "payments", "amount", "minors", "helpers", "explanation", "explanation_en", "chain", "chain_en", "evidence"]
_TO_ACCOUNT = 3  # links from an account to who is behind it: its household, telephone, helper


def benefits_paid_elsewhere(network: Network) -> pd.DataFrame:
    """Every benefit that did not go to the beneficiary's own household, a row each.

    county, household_id, node (the beneficiary), account_no, holder (node, or missing), holder_name, amount (fen), paid_on,
    minor (bool), receiver (node: the company or household that has the account, else its holder, else the account), origin.
    Payments without an account or household are left out.
    """
    return pd.concat([_elsewhere(network, code) for code in network.tables], ignore_index=True)


def _elsewhere(network: Network, county: str) -> pd.DataFrame:
    tables = network.tables[county]
    wanted = ["benefit_id", "household_id", "name", "amount", "paid_on", "account_no", "account_name", "origin"]
    if "benefits" not in tables:
        return pd.DataFrame(columns=[*wanted[1:], "county", "node", "holder", "holder_name", "minor", "receiver"])
    rows = once(tables["benefits"], "benefit_id").reindex(columns=wanted).dropna(subset=["household_id", "account_no"])
    by_role = {role: part.set_index("origin")["node"] for role, part in network.mentions[(network.mentions["county"] == county) & (network.mentions["table"] == "benefits")].groupby("role")}
    rows["county"] = county
    for column, role in (("node", "beneficiary"), ("holder", "holder")):
        rows[column] = rows["origin"].map(by_role.get(role, pd.Series(dtype="str"))).astype("str")
    rows["holder_name"] = written_alike(rows["account_name"].astype("str"), network.settings.names)
    owners = tables["households"].reindex(columns=["account_no", "household_id"]).dropna().drop_duplicates()
    mine = pd.MultiIndex.from_frame(rows[["account_no", "household_id"]]).isin(pd.MultiIndex.from_frame(owners))
    named = network.mentions[(network.mentions["county"] == county) & network.mentions["role"].isin(["member", "head"])]
    family = pd.MultiIndex.from_frame(rows[["household_id", "holder_name"]]).isin(pd.MultiIndex.from_frame(named[["household_id", "written"]].dropna()))
    rows = rows[~(mine | family)].copy()
    born = rows["node"].map(network.persons["born_on"])
    rows["minor"] = (born + pd.DateOffset(years=network.settings.minor_age) > rows["paid_on"]).astype(bool)
    # An account that two households have tells of neither.
    owner = owners[~owners["account_no"].duplicated(keep=False)].set_index("account_no")["household_id"]
    household = f"household:{county}:" + rows["account_no"].map(owner).astype("str")
    rows["receiver"] = household.fillna(rows["holder"]).fillna("account:" + rows["account_no"])
    companies = network.edges[(network.edges["kind"] == "account_of") & network.edges["a"].str.startswith("company:")].drop_duplicates("b").set_index("b")["a"]
    rows["receiver"] = ("account:" + rows["account_no"]).map(companies).astype("str").fillna(rows["receiver"])
    return rows


def receivers(network: Network) -> pd.DataFrame:
    """Who received the benefits of several other households, a row each (columns `COLUMNS`), the most money first.

    kind: company or household (it has the account), person (holds it), account, or name (several accounts in one name: suggested at
    most, for a name is no person). households: other households whose benefits ended there; amount: fen of these alone.
    minors: payments to beneficiaries under age. helpers: how many of the households have their own helper behind it.
    """
    paid = benefits_paid_elsewhere(network)
    least = network.settings.receiver_households
    found = [_row(network, node, part, node.partition(":")[0], "exact") for node, part in paid.groupby("receiver") if _households(part) >= least]
    alone = ~paid["receiver"].isin([f["receiver"] for f in found])
    for name, part in paid[alone].dropna(subset="holder_name").groupby("holder_name"):
        if part["account_no"].nunique() > 1 and _households(part) >= least:
            found.append(_row(network, f"name:{name}", part, "name", "suggested"))
    for f in found:
        _tell_namesakes(network, f, paid)
    table = pd.DataFrame(found, columns=COLUMNS).astype({"amount": "Int64"})
    return table.sort_values(["amount", "receiver"], ascending=[False, True], kind="stable", ignore_index=True)


def _households(part: pd.DataFrame) -> int:
    return len(part[["county", "household_id"]].drop_duplicates())


def _row(network: Network, node: str, part: pd.DataFrame, kind: str, status: str) -> dict:
    households = _households(part)
    amount = int(part["amount"].fillna(0).sum())
    accounts = sorted(part["account_no"].unique())
    chains = {c.nodes[-1]: c for a in accounts for c in officials_behind(network, f"account:{a}", _TO_ACCOUNT) if {r for r, _ in c.ending} & set(OFFICIAL_ROLES)}
    helped = network.edges[(network.edges["kind"] == "helps") & network.edges["a"].isin(list(chains))]
    theirs = {f"household:{c}:{h}" for c, h in part[["county", "household_id"]].itertuples(index=False)}
    helpers = helped["b"].isin(theirs).sum()
    minors = int(part["minor"].sum())
    zh = f"{households}户的补助共{len(part)}笔、合计{in_words(amount, 'zh')}进入{'、'.join(accounts)}"
    en = f"{len(part)} benefits of {households} households, {in_words(amount, 'en')} in all, went to {', '.join(accounts)}"
    if kind == "name":
        zh, en = f"{zh},这些账户户名相同,是否同一人须核实", f"{en}; these accounts are in one name, whether of one person is to be checked"
    if minors:
        whole = minors == len(part)
        zh += f";{'受益人均为未成年人' if whole else f'其中{minors}笔的受益人是未成年人'},可能由监护人代收,请核对监护关系"
        en += f"; {'all beneficiaries are' if whole else f'beneficiaries of {minors} payments are'} under age: a guardian may receive for them, check guardianship"
    if helpers:
        zh, en = f"{zh};收款一方与其中{helpers}户自己的帮扶责任人有关联", f"{en}; the receiver is linked to the helper of {helpers} of these households"
    evidence = list(zip(part["county"], part["origin"].astype("int64"), strict=True)) + [r for c in chains.values() for r in c.rows]
    return {
        "receiver": node, "label": node.removeprefix("name:") if kind == "name" else network.label(node), "kind": kind, "status": status, "households": households, "payments": len(part), "amount": amount,
        "minors": minors, "helpers": int(helpers), "explanation": zh + "。", "explanation_en": en + ".", "chain": "".join(c.say() for c in chains.values()),
        "chain_en": " ".join(c.say("en") for c in chains.values()), "evidence": list(dict.fromkeys(evidence)),
    }  # fmt: skip


def _tell_namesakes(network: Network, row: dict, paid: pd.DataFrame) -> None:
    """Adds who else bears the holder's name: other receiving accounts and officials. It is said to be a name, and no more."""
    mine = paid[(paid["receiver"] == row["receiver"]) | ((paid["holder_name"] == row["label"]) & (row["kind"] == "name"))]
    for name in sorted(set(mine["holder_name"].dropna())):
        others = paid.loc[(paid["holder_name"] == name) & ~paid["account_no"].isin(mine["account_no"]), "account_no"].unique()
        roles = network.namesakes(name, [*OFFICIAL_ROLES, "applicant", "approver"])["role"].value_counts().sort_index()
        if len(others):
            row["explanation"] += f"另有{len(others)}个收款账户户名也是{name}({'、'.join(sorted(others))}),是否同一人须核实。"
            row["explanation_en"] += f" {len(others)} more receiving accounts are in the name of {name} ({', '.join(sorted(others))}); whether of one person is to be checked."
        if len(roles):
            zh, en = "、".join(f"{ROLE[r][0]}{n}人" for r, n in roles.items()), ", ".join(f"{ROLE[r][1]} ({n})" for r, n in roles.items())
            row["explanation"] += f"姓名{name}还见于{zh},仅姓名相同,不能据此认定。"
            row["explanation_en"] += f" The name {name} is also borne by {en}: a name alone proves nothing."
