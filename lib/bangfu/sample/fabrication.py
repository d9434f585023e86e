"""Ways of inventing records of visits, put on chosen helpers of an untidy county, to measure what the signals find.

Each style changes one thing and leaves the rest as the helper's own habits make it. The fabricated records are a run of the helper's year
(all of it, or a share), and did not take place: the household does not remember them.
"""

import re

import numpy as np
import pandas as pd

from bangfu.sample.planting import stream
from bangfu.sample.untidy_records import handed_over, untidy_county

_MARKS = np.array(list("了的好很也都再又还就"))


def fabricated_county(helpers: int, seed: int, style: str, share: float, fabricators: float, formulaic: float = 0.07) -> tuple[dict[str, pd.DataFrame], np.ndarray]:
    """The tables of an untidy county with a share of fabricators who invent a share of their records in a style; and who they are."""
    tables = untidy_county(helpers, seed, formulaic=formulaic)
    rng = np.random.default_rng(stream(seed, style, str(share), str(fabricators)))
    visits = tables["visits"].sort_values(["helper_id", "visited_at"], kind="stable", ignore_index=True)
    counts = visits.groupby("helper_id").size()
    guilty = np.sort(rng.choice(counts[counts >= 12].index.to_numpy(dtype=str), max(1, round(fabricators * helpers)), replace=False))
    groups = visits.groupby("helper_id").indices
    for helper in guilty:
        own = groups[helper]
        many = max(2, round(share * len(own)))
        start = int(rng.integers(0, len(own) - many + 1))
        invented = own[start : start + many]
        visits.loc[invented, "genuine"] = False
        for change in STYLES[style]:
            change(visits, own, invented, rng)
    return handed_over({**tables, "visits": visits}, seed), guilty


def copied_from_oneself(visits, own, invented, rng) -> None:
    """Up to three texts of one's own again and again, with other figures and in half of them another word."""
    models = rng.choice(own, min(3, len(own)), replace=False)
    visits.loc[invented, "content"] = [_altered(visits["content"].iat[m], rng) for m in rng.choice(models, len(invented))]


def copied_from_a_colleague(visits, own, invented, rng) -> None:
    """The records of one other helper of the county, one for one and then from the first again, other figures, in half of them another word."""
    start = int(rng.integers(0, len(visits)))
    theirs = np.flatnonzero(visits["helper_id"].to_numpy() == visits["helper_id"].iat[start])
    visits.loc[invented, "content"] = [_altered(visits["content"].iat[theirs[i % len(theirs)]], rng) for i in range(len(invented))]


def evenly_invented(visits, own, invented, rng) -> None:
    """Contacts with each household at equal intervals, a day more or less."""
    rows = visits.loc[invented]
    for _, part in rows.groupby(["household_id", "mode"]):
        if len(part) > 2:
            days = part["visited_at"].dt.normalize()
            clock = part["visited_at"] - days
            even = np.rint(np.linspace(0, (days.iloc[-1] - days.iloc[0]).days, len(part))).astype(int) + rng.integers(0, 2, len(part))
            moved = days.iloc[0] + pd.to_timedelta(even, unit="D")
            visits.loc[part.index, "visited_at"] = (moved + clock.to_numpy()).to_numpy()
            # Entered as late after the visit as the helper is used to.
            visits.loc[part.index, "entered_on"] = (moved + (part["entered_on"] - days).to_numpy()).normalize().to_numpy()


def entered_in_one_sitting(visits, own, invented, rng) -> None:
    """Everything entered in one to three sittings, each some days after the last visit it enters."""
    for part in np.array_split(invented, int(rng.integers(1, 4)) if len(invented) > 12 else 1):
        last = visits.loc[part, "visited_at"].max().normalize()
        visits.loc[part, "entered_on"] = last + pd.Timedelta(days=int(rng.integers(1, 15)))


def photographs_again(visits, own, invented, rng) -> None:
    """Two or three photographs for all home visits."""
    home = invented[(visits.loc[invented, "mode"] == "home").to_numpy()]
    if len(home):
        visits.loc[home, "photo_fingerprint"] = rng.choice([f"{p:016x}" for p in rng.integers(0, 2**63, rng.integers(2, 4))], len(home))


def times_from_the_head(visits, own, invented, rng) -> None:
    """Times of day of a handful that come to mind."""
    minutes = rng.choice([540, 570, 600, 630, 870, 900, 930, 960], 4, replace=False)
    days = visits.loc[invented, "visited_at"].dt.normalize()
    visits.loc[invented, "visited_at"] = (days + pd.to_timedelta(rng.choice(minutes, len(invented)), unit="m")).to_numpy()


def careful(visits, own, invented, rng) -> None:
    """Texts in the helper's own words, dates and times at random, entered in time: only the household can tell."""
    days = visits.loc[invented, "visited_at"].dt.to_period("M").dt.start_time + pd.to_timedelta(rng.integers(0, 28, len(invented)), unit="D")
    visits.loc[invented, "visited_at"] = (days + pd.to_timedelta(rng.integers(480, 1080, len(invented)), unit="m")).to_numpy()
    visits.loc[invented, "entered_on"] = (days + pd.to_timedelta(rng.integers(0, 6, len(invented)), unit="D")).to_numpy()


STYLES = {
    "copied from oneself": (copied_from_oneself,),
    "copied from a colleague": (copied_from_a_colleague,),
    "evenly invented": (evenly_invented,),
    "entered in one sitting": (entered_in_one_sitting,),
    "photographs again": (photographs_again,),
    "times from the head": (times_from_the_head,),
    "copied, even and in one sitting": (copied_from_oneself, evenly_invented, entered_in_one_sitting),
    "careful": (careful,),
}


def _altered(text: str, rng) -> str:
    """Other figures; in half of the cases a mark put in somewhere."""
    text = re.sub(r"\d+", lambda figure: str(rng.integers(10 ** (len(figure[0]) - 1), 10 ** len(figure[0]))), text)
    if rng.random() < 0.5:
        at = int(rng.integers(0, len(text)))
        text = text[:at] + str(rng.choice(_MARKS)) + text[at:]
    return text
