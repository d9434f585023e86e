"""Amounts as the whole numbers they are written with, so that no digit is lost to floating point."""

from dataclasses import dataclass, replace
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd

POWERS = 10 ** np.arange(19, dtype=np.int64)
EXACT_FLOAT = 10**15  # up to 15 significant digits a double has one decimal, and that decimal is the one it was read from
LARGEST = np.iinfo(np.int64).max
UNLIMITED = Context(prec=2000)


@dataclass(frozen=True, eq=False)
class Amounts:
    """Exact amounts: value = whole x 10 ** -places.

    whole: int64, or Python integers (object) where 64 bits do not hold them. position: where in the column each of them stands.
    labels: the index of the whole column. missing: rows without an amount, left out of whole.
    """

    whole: np.ndarray
    places: int
    position: np.ndarray
    labels: pd.Index
    missing: int = 0

    @property
    def index(self):
        """The labels of the rows they stand in."""
        return self.labels[self.position]

    def __len__(self):
        return len(self.whole)

    def where(self, mask):
        """The amounts of some rows."""
        return replace(self, whole=self.whole[mask], position=self.position[mask])

    def sized(self, sign="positive", least=None):
        """The sizes of the positive, negative or both kinds of amounts, zeros left out, from `least` currency units on."""
        if sign not in ("positive", "negative", "both"):
            raise ValueError(f'sign is "positive", "negative" or "both", not {sign!r}')
        size = {"positive": self.whole, "negative": -self.whole, "both": abs(self.whole)}[sign]
        kept = size >= (1 if least is None else max(1, self.units(least)))
        return replace(self, whole=size, position=self.position).where(kept.astype(bool))

    def units(self, value):
        """The smallest whole number that is not below a value in currency units: x < value exactly if x < units(value)."""
        return ceil(Fraction(str(value)) * 10**self.places)

    def decimal(self, whole):
        """A whole number as the decimal amount it stands for."""
        return Decimal(int(whole)).scaleb(-self.places, UNLIMITED)

    def decimals(self, whole):
        places, whole = -self.places, whole.tolist()
        return [Decimal(v).scaleb(places, UNLIMITED) for v in whole]

    def total(self):
        """The sum as a whole number, without overflow."""
        return sum_exactly(self.whole)


def sum_exactly(whole):
    """The sum of whole numbers as a Python integer, whatever its size."""
    if whole.dtype == object:
        return sum(whole.tolist())
    high, low = np.divmod(whole, 1 << 32)
    return (int(high.sum()) << 32) + int(low.sum())


def exact(amounts, places=0):
    """Read amounts as exact decimals.

    Whole numbers and Decimals are taken as they are; a float is the shortest decimal that reads back as the same float (its repr):
    0.29 is 29 hundredths. Texts must be plain decimals. Missing values are left out and counted.

    amounts: array, list or Series (its index is kept); Amounts are returned as they are. places: amounts are in units of
    10 ** -places; 2 if they are fen or cents. Raises ValueError for infinite amounts, truth values and texts that are no number.
    """
    if isinstance(amounts, Amounts):
        return amounts
    column = amounts if isinstance(amounts, pd.Series) else pd.Series(amounts)
    given = column.notna().to_numpy()
    present = column[given]
    if pd.api.types.is_bool_dtype(column.dtype):
        raise ValueError("amounts are numbers, not truth values")
    if pd.api.types.is_integer_dtype(column.dtype):
        values = present.to_numpy()
        unsigned_large = values.dtype == np.uint64 and len(values) and int(values.max()) > LARGEST
        whole, own = (values.astype(object) if unsigned_large else values.astype(np.int64)), 0
    elif column.dtype in ("float64", "Float64", "double[pyarrow]"):
        whole, own = _from_floats(present.to_numpy(dtype=np.float64))
    else:
        whole, own = _from_decimals([_decimal(v) for v in present.to_numpy(dtype=object if column.dtype != "float32" else None)])
    return Amounts(_smallest(whole), own + places, np.flatnonzero(given), column.index, int((~given).sum()))


def beside(values, labels):
    """A column that stands beside the amounts, row for row, with their labels. Raises ValueError if it is not as long."""
    column = pd.Series(values)
    if len(column) != len(labels):
        raise ValueError(f"the columns must stand beside each other: {len(labels)} amounts, but {len(column)} values")
    return column.set_axis(labels)


def _from_floats(values):
    if not np.isfinite(values).all():
        raise ValueError("an amount is infinite")
    whole = np.zeros(len(values), dtype=np.int64)
    places = np.full(len(values), -1)
    open_ = np.arange(len(values))
    for p in range(16):
        scaled = np.rint(values[open_] * 10.0**p)
        small = np.abs(scaled) < EXACT_FLOAT
        # both the whole number and the power of ten are exact, so the quotient is what reading that decimal gives
        same = small & (scaled / 10.0**p == values[open_])
        whole[open_[same]], places[open_[same]] = scaled[same].astype(np.int64), p
        open_ = open_[~same]
        if not len(open_):
            break
    common = int(places.max(initial=0))
    if not len(open_) and np.abs(whole).max(initial=0) <= LARGEST // 10**common:
        return whole * POWERS[common - places], common
    return _from_decimals([_decimal(v) for v in values.tolist()])


def _from_decimals(values):
    common = max((-v.as_tuple().exponent for v in values), default=0)
    common = max(common, 0)
    return np.array([int(v.scaleb(common, UNLIMITED)) for v in values], dtype=object), common


def _decimal(value):
    if isinstance(value, bool | np.bool_):
        raise ValueError("amounts are numbers, not truth values")
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is no amount: write it as a plain decimal") from None
    if not number.is_finite():
        raise ValueError("an amount is infinite")
    return number.normalize(UNLIMITED) if isinstance(value, float | np.floating) else number  # repr writes 1000.0


def _smallest(whole):
    """As int64 where that holds every amount."""
    if whole.dtype == object and all(-LARGEST <= v <= LARGEST for v in whole):
        return whole.astype(np.int64)
    return whole
