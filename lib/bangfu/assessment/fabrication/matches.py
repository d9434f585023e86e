"""How nearly each record repeats another one: of the same helper, of the helper had the records been shuffled, of other helpers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.records import Records
from bangfu.assessment.fabrication.signal import different

LEAST = 6  # records with a text that a helper must have
MIXED = 8  # helpers that a village and month must have for shuffling to mix anything; otherwise the town and month, or the month
NEIGHBOURS = 2  # how many records with the same key are looked at on either side
AT_ONCE = 50_000  # pairs of texts held at a time
COMPARISONS = 60_000_000  # pairs of texts that the shuffles together may cost


@dataclass(frozen=True)
class Matches:
    """Of the records of a county; the seed is that of the shuffles."""

    records: Records
    seed: int

    @cached_property
    def able(self) -> np.ndarray:
        """Helpers with enough texts."""
        return self.records.per_helper(self.records.text >= 0) >= LEAST

    @cached_property
    def own(self) -> np.ndarray:
        """For each record the likeness of the most like one among the helper's others; 0 where the helper has too few."""
        return self._nearest(self.records.text)

    @cached_property
    def chance(self) -> np.ndarray:
        """The same after shuffling the records among helpers: one row per shuffle, as many shuffles (1 to 5) as their cost allows."""
        cost = float((np.diff(self.records.bounds).astype("int64") ** 2).sum())
        rng = np.random.default_rng(self.seed)
        return np.stack([self._nearest(shuffled(self.records, rng)) for _ in range(int(np.clip(COMPARISONS / max(cost, 1), 1, 5)))])

    def mean(self, match: np.ndarray) -> np.ndarray:
        """The mean over each helper's records with a text; missing where they are too few."""
        known = self.records.text >= 0
        with np.errstate(invalid="ignore", divide="ignore"):
            means = self.records.per_helper(known, match[known]) / self.records.per_helper(known)
        return np.where(self.able, means, np.nan)

    @cached_property
    def others(self) -> tuple[np.ndarray, np.ndarray]:
        """For each record the likeness of the most like one that can be found among other helpers' records, and whose that is (-1: none).

        Looked for among records that share one of three keys; where several helpers have the same text it is one of them at random.
        """
        records, helpers = self.records, max(len(self.records.helpers), 1)
        known = np.flatnonzero(records.text >= 0)
        at, pair = pd.factorize(records.text[known].astype("int64") * helpers + records.helper[known])
        text, helper = pair // helpers, pair % helpers
        turn = np.random.default_rng(self.seed).integers(0, 1 << 30, len(pair))
        best, whose = np.zeros(len(pair), "float32"), np.full(len(pair), -1)
        keys = records.likeness.keys
        for first in range(keys.shape[1]):
            # Sorted by one key and then the others, so that the more alike texts are, the closer they stand.
            ordered = np.roll(keys, -first, axis=1)
            place = np.empty(len(keys), "int64")
            place[np.lexsort(ordered.T[::-1])] = np.arange(len(keys))
            order = np.argsort(place[text] << 30 | turn, kind="stable")
            key, by, so_far, who = keys[text[order], first], helper[order], best[order], whose[order]
            for apart, alike in enumerate(records.likeness.along(text[order], NEIGHBOURS), start=1):
                here, there = slice(None, -apart), slice(apart, None)
                alike[(key[here] != key[there]) | (by[here] == by[there])] = 0
                for some, other in ((here, there), (there, here)):
                    better = alike > so_far[some]
                    so_far[some][better], who[some][better] = alike[better], by[other][better]
            best[order], whose[order] = so_far, who
        match, who = np.zeros(len(records.text), "float32"), np.full(len(records.text), -1)
        match[known], who[known] = best[at], whose[at]
        return match, who

    @cached_property
    def colleagues(self) -> tuple[np.ndarray, np.ndarray]:
        """The most that the records of each helper match the nearest ones of one other helper (sum of matches), and who that is (-1: nobody)."""
        match, whose = self.others
        found = whose >= 0
        at, pairs = pd.factorize(self.records.helper[found].astype("int64") << 32 | whose[found])
        sums = np.bincount(at, match[found], minlength=len(pairs))
        order = np.lexsort((pairs, sums))
        most, who = np.zeros(len(self.records.helpers)), np.full(len(self.records.helpers), -1)
        most[pairs[order] >> 32], who[pairs[order] >> 32] = sums[order], pairs[order] & 0xFFFFFFFF
        return most, who

    def _nearest(self, text: np.ndarray) -> np.ndarray:
        nearest = np.zeros(len(text), "float32")
        for records in self._together:
            nearest[records] = self.records.likeness.nearest(text[records])
        return nearest

    @cached_property
    def _together(self) -> list[np.ndarray]:
        """The records with a text of the helpers who have enough, a row per helper; helpers with equally many stand together."""
        with_text = np.flatnonzero((self.records.text >= 0) & self.able[self.records.helper])
        n = self.records.per_helper(with_text)
        begins = np.cumsum(n) - n
        together = []
        for size in np.unique(n[n > 0]):
            rows = with_text[begins[n == size][:, None] + np.arange(size)]
            together += np.array_split(rows, max(1, len(rows) * size**2 // AT_ONCE))
        return together


def shuffled(records: Records, rng: np.random.Generator) -> np.ndarray:
    """The texts dealt out anew among the records of each cell."""
    cell = np.where(records.text >= 0, cells(records), -1)  # records without a text stay so
    places, texts = np.argsort(cell, kind="stable"), np.lexsort((rng.random(len(cell)), cell))
    dealt = np.empty_like(records.text)
    dealt[places] = records.text[texts]
    return dealt


def cells(records: Records) -> np.ndarray:
    """Village and month of each record, where these have enough helpers; else town and month; else the month."""
    month = records.minute.astype("M8[m]").astype("M8[M]").astype("int64") % 12
    wide = 12 * max(records.village.max(initial=0), records.town.max(initial=0)) + 24
    cell = month.copy()
    for level, place in ((1, records.town), (2, records.village)):
        narrow = level * wide + 12 * place + month
        at, different_cells = pd.factorize(narrow)
        there = different(at * max(len(records.helpers), 1) + records.helper) // max(len(records.helpers), 1)
        mixed = np.bincount(there, minlength=len(different_cells)) >= MIXED
        cell = np.where(mixed[at] & (place >= 0), narrow, cell)
    return cell
