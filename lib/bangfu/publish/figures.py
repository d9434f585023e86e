"""How numbers are written in reports: money in yuan or 10,000 yuan, shares, dates, counts."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from numbers import Integral

import pandas as pd

from bangfu import money

MISSING = "—"


def exact_yuan(amount) -> Decimal | None:
    """An amount of the data model as yuan: whole numbers are fen, decimals are yuan; None where missing.

    A binary float is refused (TypeError): it says neither its unit nor its fen.
    """
    if amount is None or amount is pd.NA or amount is pd.NaT:
        return None
    if isinstance(amount, Decimal):
        return None if amount.is_nan() else amount
    if isinstance(amount, Integral) and not isinstance(amount, bool):
        return money.yuan(amount)
    if isinstance(amount, float) and amount != amount:
        return None
    raise TypeError(f"an amount is a whole number of fen or a decimal in yuan, not {type(amount).__name__}")


def yuan(amount) -> str:
    """`1,234.50`"""
    exact = exact_yuan(amount)
    return MISSING if exact is None else f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def wan(amount, places: int = 2) -> str:
    """In 10,000 yuan: `12.35`; an amount too small for these places as `<0.01` or `>-0.01`."""
    exact = exact_yuan(amount)
    if exact is None:
        return MISSING
    unit = Decimal(1).scaleb(-places)
    shown = (exact / 10000).quantize(unit, ROUND_HALF_UP)
    if exact and not shown:
        return f"<{unit}" if exact > 0 else f">-{unit}"
    return f"{shown:,}"


def percent(share, places: int = 1) -> str:
    """A share of one as `12.3%`."""
    return MISSING if _missing(share) else f"{share:.{places}%}"


def basis_points(points) -> str:
    """Basis points as `30%`, `12.5%`."""
    return MISSING if _missing(points) else f"{Decimal(int(points)).scaleb(-2).normalize():f}%"


def count(number) -> str:
    """`1,234`"""
    return MISSING if _missing(number) else f"{int(number):,}"


def number(value, places: int = 2) -> str:
    """`1,234.50`"""
    return MISSING if _missing(value) else f"{value:,.{places}f}"


def places(values, most: int = 2) -> int:
    """How many decimals the figures of one column are written with: as many as its longest needs, `most` at most."""
    written = [f"{value:.{most}f}".rstrip("0").partition(".")[2] for value in values if not _missing(value)]
    return max(map(len, written), default=0)


def day(value) -> str:
    """`2019-03-05`; a date with a time keeps its minutes."""
    if _missing(value):
        return MISSING
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def text(value) -> str:
    """A text as it is; flags as 是/否 stay to the caller."""
    return MISSING if _missing(value) else str(value)


def _missing(value) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and pd.isna(value))
