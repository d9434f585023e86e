"""Drawing: against published examples, and by properties: no item lost, exact chances, the seed draws again."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.stats import sampling
from bangfu.stats.sampling.drawing import Draw
from bangfu.stats.sampling.units import intervals

BOOK = pd.DataFrame({"id": list("ABCDEFGHIJ"), "amount": [7, 3, 4, 9, 0, 1, 8, 2, 6, 5]})


def test_fixed_intervals_of_money_units():
    # Touw and Hoogduin (2011), Statistiek voor Audit en Controlling, p. 34: start 2, units 2, 11, 20, 29, 38 of 45.
    drawn = sampling.select(BOOK, 5, units="money", amount="amount", method="interval", start=2)
    assert drawn.units[""] == [2, 11, 20, 29, 38]
    assert drawn.rows(BOOK)["id"].tolist() == ["A", "C", "D", "G", "I"]


def test_fixed_intervals_of_items():
    # Touw and Hoogduin (2011), p. 31: 2 of 5 items, start 1.2, interval 2.5.
    table = pd.DataFrame({"id": list("ABCDE")})
    assert sampling.select(table, 2, method="interval", start=1.2).rows(table)["id"].tolist() == ["B", "D"]


def test_an_item_can_be_hit_repeatedly():
    table = pd.DataFrame({"amount": [10, 80, 10]})
    drawn = sampling.select(table, 5, units="money", amount="amount", method="interval", start=1)  # 1, 21, 41, 61, 81
    assert drawn.items["hits"].tolist() == [1, 4, 0]


def test_the_top_stratum_is_examined_in_full():
    # 100 / 5 = 20: 80 is certain; 20 / 4 = 5: both tens are certain too, and nothing is left to draw.
    table = pd.DataFrame({"amount": [10, 80, 10]})
    assert sampling.select(table, 5, units="money", amount="amount", seed=1, top="interval").items["group"].tolist() == ["certain"] * 3
    # 80 certain, 20 / 2 = 10 > 4: two units of the fives.
    table = pd.DataFrame({"amount": [80] + [4] * 5})
    drawn = sampling.select(table, 3, units="money", amount="amount", seed=1, top="interval", method="interval")
    assert drawn.items["group"].value_counts().to_dict() == {"not_drawn": 3, "drawn": 2, "certain": 1}
    assert drawn.items["hits"].max() == 1


def test_negative_zero_and_missing_amounts_are_set_aside_and_said():
    table = pd.DataFrame({"amount": pd.array([100, 0, -50, pd.NA, 30], dtype="Int64")})
    drawn = sampling.select(table, 3, units="money", amount="amount", seed="a")
    assert drawn.items["group"].tolist()[1:4] == ["zero", "negative", "missing"]
    assert "set aside: amount is negative: 1" in drawn.paper("en")
    assert "单列:金额缺失:1" in str(drawn)


@pytest.mark.parametrize(("units", "method"), [(u, m) for u in ("items", "money") for m in ("random", "interval", "cell")])
@settings(max_examples=25)
@given(data=st.data())
def test_no_item_is_lost(units, method, data):
    amounts = data.draw(st.lists(st.integers(-5, 400), min_size=8, max_size=40).filter(lambda a: sum(v for v in a if v > 0) > 20))
    table = pd.DataFrame({"amount": amounts, "town": [f"t{i % 2}" for i in range(len(amounts))]})
    drawn = sampling.select(table, 4, units=units, method=method, amount="amount", seed=data.draw(st.integers(0, 99)))
    assert drawn.items["position"].tolist() == list(range(len(table)))
    assert drawn.items["hits"].sum() == 4
    assert drawn.items["group"].value_counts().sum() == len(table)
    assert (drawn.items["amount"] == table["amount"]).all()
    if units == "items":
        assert drawn.items["hits"].max() == 1


def test_every_unit_has_the_same_chance_at_fixed_intervals():
    # All 7 equally likely starts of 3 from 7: every unit is drawn 3 times in 7.
    class Start:
        def __init__(self, value):
            self.value = value

        def below(self, limit):
            assert limit == 7
            return self.value

    counts = Counter(unit for u in range(7) for unit in intervals(7, 3, Start(u)))
    assert counts == dict.fromkeys(range(1, 8), 3)


def test_the_numbers_are_those_of_sha256():
    # SHA-256 of "1,1" and "1,2" as whole numbers, modulo 1,000: by any other tool.
    import hashlib

    numbers = [int(hashlib.sha256(text).hexdigest(), 16) % 1000 for text in (b"1,1", b"1,2")]
    draw = Draw(1)
    assert [draw.below(1000), draw.below(1000)] == numbers


def test_draws_without_replacement_are_sets_of_equal_chance():
    counts = Counter(tuple(sorted(Draw(seed).without_replacement(4, 2))) for seed in range(6000))
    assert set(counts) == {(a, b) for a in range(4) for b in range(a + 1, 4)}
    # chi-square with 5 degrees of freedom, 0.1% point 20.5
    assert sum((c - 1000) ** 2 / 1000 for c in counts.values()) < 20.5
    assert sorted(Draw(3).without_replacement(50, 50)) == list(range(50))


def test_the_seed_draws_again_and_is_recorded():
    table = pd.DataFrame({"amount": range(1, 201)})
    first, again, other = (sampling.select(table, 20, units="money", amount="amount", seed=s) for s in ("x", "x", "y"))
    assert first.items.equals(again.items) and not first.items.equals(other.items)
    assert first.seed == "x" and "seed: x" in first.paper("en")
    with pytest.raises(ValueError, match="seed"):
        sampling.select(table, 20)


def test_strata_share_the_sample():
    table = pd.DataFrame({"town": ["a"] * 60 + ["b"] * 30 + ["c"] * 10, "amount": [1] * 60 + [10] * 30 + [100] * 10})
    by_items = sampling.select(table, 10, strata="town", seed=1)
    assert by_items.strata.set_index("stratum")["n"].to_dict() == {"a": 6, "b": 3, "c": 1}
    by_money = sampling.select(table, 34, strata="town", units="money", amount="amount", seed=1)  # 60 : 300 : 1,000, quotas 1.5, 7.5, 25
    assert by_money.strata["n"].tolist() == [2, 7, 25]
    assert by_items.drawn.groupby("stratum").size().to_dict() == {"a": 6, "b": 3, "c": 1}
    assert sampling.select(table, 6, strata="town", seed=1, allocation={"a": 1, "b": 2, "c": 3}).strata["n"].tolist() == [1, 2, 3]
    assert sampling.neyman(pd.Series({"a": 60, "b": 30}), {"a": 1, "b": 4}, 9) == {"a": 3, "b": 6}


@pytest.mark.parametrize(
    "arguments",
    [
        {"n": 0},
        {"n": 11},
        {"n": 3, "units": "money"},
        {"n": 3, "method": "sieve"},
        {"n": 3, "method": "interval", "start": 4},
        {"n": 3, "strata": "gone"},
    ],
)
def test_what_cannot_be_drawn(arguments):
    with pytest.raises((ValueError, KeyError)):
        sampling.select(BOOK, **{"seed": 1, **arguments})


def test_money_units_find_items_in_proportion():
    hits = sampling.select(pd.DataFrame({"amount": [1000, 2000, 7000]}), 2000, units="money", amount="amount", seed=5).items["hits"]
    # 10%, 20%, 70% of 2,000 within four standard deviations (of draws without replacement: a little less)
    assert (abs(hits - [200, 400, 1400]) < 4 * np.sqrt(2000 * np.array([0.09, 0.16, 0.21]))).all()
