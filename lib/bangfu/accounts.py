"""Which bank accounts are special accounts (专户), by their kind in the accounts table."""

import pandas as pd

from bangfu.matching import stands_in
from bangfu.parameters import Texts, named

SpecialAccount = named(Texts, "专户的账户类型", "kinds of account that are special accounts")


def is_special(numbers: pd.Series, accounts: pd.DataFrame, special_account: tuple[str, ...]) -> pd.Series:
    """Whether each account number is that of a special account (boolean; missing = it cannot be said).

    accounts: `account_no`, `account_kind`. A number that stands in no row is not a special account; one that is empty, or
    whose kind is empty, is unknown. An account listed twice is special where either row says so.
    """
    listed = accounts.dropna(subset="account_no")
    special = listed.loc[listed["account_kind"].isin(special_account), "account_no"]
    without_kind = listed.loc[listed["account_kind"].isna(), "account_no"]
    answer = stands_in(numbers, special).astype("boolean")
    return answer.mask(numbers.isna() | (stands_in(numbers, without_kind) & ~answer))
