"""Small counts in what is published: one to four of a kind may be persons whom their neighbours know."""

import pandas as pd


def small(counts: pd.Series, least: int, *, with_total: bool = False) -> pd.Series:
    """Which counts of a column are not to be printed (bool): those from 1 to `least` - 1; 0 and missing stay as they are.

    with_total: the total of the column is printed beside it; if one count alone were hidden it could be worked out, so the
    next smallest above 0 is hidden too (the first of equal ones).
    """
    hidden = counts.between(1, least - 1).fillna(False).astype(bool)
    if with_total and hidden.sum() == 1:
        others = counts[~hidden & counts.gt(0).fillna(False)]
        if len(others):
            hidden[others.astype("Int64").sort_values(kind="stable").index[0]] = True
    return hidden
