"""Texts that repeat the helper's own records or those of other helpers (HV-06 sees those that are the same to the letter).

Percent match (Kuriakose & Robbins 2016, "Don't get duped", Statistical Journal of the IAOS 32; recalled, not read) takes for each record
the share it has in common with the one most like it, and calls 85% a copy. How alike honest records are depends on the county, the
season and the number of records, so there is no fixed limit here: the records are shuffled among the helpers of a village and month, and a
helper's match is held against what the shuffled records give.
"""

import numpy as np

from bangfu.assessment.fabrication.matches import LEAST, Matches
from bangfu.assessment.fabrication.records import Records
from bangfu.assessment.fabrication.reference import OF_ROOTS, Reading, against_peers
from bangfu.assessment.fabrication.signal import Signal

def signals(matches: Matches) -> tuple[Signal, ...]:
    return (
        Signal(
            "own_match", "texts", lambda records: own_match(matches),
            "{n:.0f}条记录与本人最相近的另一条平均雷同{value:.0%},同类责任人与打乱后的记录相比应为{usual:.0%}左右",
            "{n:.0f} records match the nearest other of the helper's own by {value:.0%} on average; by shuffled records and peers about {usual:.0%}",
            lambda records, own: own[np.argsort(-matches.own[own], kind="stable")],
        ),
        Signal(
            "other_match", "texts", lambda records: other_match(matches),
            "{n:.0f}条记录与其他责任人最相近的记录平均雷同{value:.0%},同类责任人为{usual:.0%}",
            "{n:.0f} records match the nearest found among other helpers' by {value:.0%} on average; usual {usual:.0%}",
            lambda records, own: own[np.argsort(-matches.others[0][own], kind="stable")],
        ),
        Signal(
            "one_colleague", "texts", lambda records: one_colleague(matches),
            "{n:.0f}条记录中约合{value:.1f}条与同一名其他责任人的记录雷同,同类责任人为{usual:.1f}条",
            "of {n:.0f} records the equivalent of {value:.1f} match those of one and the same other helper; usual {usual:.1f}",
            lambda records, own: own[matches.others[1][own] == matches.colleagues[1][records.helper[own[0]]]],
        ),
    )  # fmt: skip


def own_match(matches: Matches) -> Reading:
    """The mean match of a helper's records with the nearest of the helper's others, above what shuffled records give."""
    actual = matches.mean(matches.own)
    chance = matches.mean(matches.chance.mean(axis=0))
    reading = against_peers(_log_odds(actual) - _log_odds(chance), _texts(matches.records), LEAST)
    return reading._replace(value=actual, usual=_share(_log_odds(chance) + reading.usual))


def other_match(matches: Matches) -> Reading:
    mean = matches.mean(matches.others[0])
    reading = against_peers(_log_odds(mean), _texts(matches.records), LEAST)
    return reading._replace(value=mean, usual=_share(reading.usual))


def one_colleague(matches: Matches) -> Reading:
    """How much of a helper's records has its nearest match with the same other helper: copied from a colleague, one by one."""
    most, _ = matches.colleagues
    reading = against_peers(np.sqrt(most), _texts(matches.records), LEAST, floor=OF_ROOTS)
    return reading._replace(value=most, usual=reading.usual**2)


def _log_odds(share: np.ndarray) -> np.ndarray:
    """Of a mean match: between 90% and 95% lies as much as between 50% and 69%. Copies to the letter end at 99%."""
    share = np.clip(share, 0.01, 0.99)
    return np.log(share / (1 - share))


def _share(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-log_odds))


def _texts(records: Records) -> np.ndarray:
    return records.per_helper(records.text >= 0)
