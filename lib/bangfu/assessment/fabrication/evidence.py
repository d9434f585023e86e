"""Why a helper stands where he stands: the signals that say most, in words, with the records that show them."""

import numpy as np
import pandas as pd

from bangfu.assessment.fabrication.reference import p_value
from bangfu.assessment.fabrication.score import Scores
from bangfu.assessment.fabrication.signal import FAMILIES

TELLING = 0.05  # a signal is named as evidence when fewer honest helpers than this stand as far out
ROWS = 20


def evidence(scores: Scores, helper_ids: list[str], most: int = 4) -> pd.DataFrame:
    """helper_id, family, signal, zh, en, n, p_value, origins (tokens of up to 20 rows), the most telling signals of each helper first."""
    rows = []
    for helper_id in helper_ids:
        code, own = scores.records.helpers.get_loc(helper_id), scores.records.of(helper_id)
        p = {s.name: float(p_value(scores.readings[s.name].z[code])) for s in scores.signals}
        for signal in sorted((s for s in scores.signals if p[s.name] <= TELLING), key=lambda s: p[s.name])[:most]:
            reading = scores.readings[signal.name]
            said = {"value": reading.value[code], "usual": reading.usual[code], "n": reading.n[code]}
            shown = signal.rows(scores.records, own)[:ROWS]
            rows.append(
                {
                    "helper_id": helper_id, "family": signal.family, "signal": signal.name, "zh": f"{FAMILIES[signal.family][0]}:{signal.zh.format(**said)}",
                    "en": f"{FAMILIES[signal.family][1]}: {signal.en.format(**said)}", "n": int(np.nan_to_num(said["n"])), "p_value": p[signal.name],
                    "origins": [int(token) for token in scores.records.origin[shown]],
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["helper_id", "family", "signal", "zh", "en", "n", "p_value", "origins"])
