"""Names as they are written: the same name without blanks, in one script, and whether it is a person's."""

import pandas as pd

from bangfu.relations.settings import Names

_DOTS = "·・•‧．."


def written_alike(names: pd.Series, settings: Names) -> pd.Series:
    """Each name without blanks, its middle dots and variant characters in one form; empty names are missing."""
    once = pd.Series(names.dropna().unique(), dtype="str")
    table = str.maketrans({**dict.fromkeys(_DOTS, "·"), **settings.variants})
    plain = once.str.replace(r"\s+", "", regex=True).str.translate(table)
    return names.map(dict(zip(once, plain.where(plain != ""), strict=True))).astype("str")


def persons(names: pd.Series, settings: Names) -> pd.Series:
    """Which names are a person's (bool): two to four characters without a unit's ending, or with a middle dot.

    Two characters are taken for a person's whatever they end in; a missing name is nobody's.
    """
    unit = names.str.endswith(tuple(settings.unit_endings)).fillna(False).astype(bool)
    size = names.str.len().fillna(0)
    chinese = names.str.fullmatch(r"[㐀-鿿]+").fillna(False).astype(bool)
    dotted = names.str.contains("·", regex=False).fillna(False).astype(bool)
    return (chinese & size.between(2, 4) & ~(unit & (size > 2))) | (dotted & ~unit)
