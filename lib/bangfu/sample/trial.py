"""Trying a planting: plant the cases of some rules, apply every rule, and say where the two differ.

    python -m bangfu.sample.trial HP-01 HP-02 --households 1200 --seed 1 --year 2019 --years 1

Without rule ids all plantings are tried together. Nothing is written.
"""
from __future__ import annotations

import argparse

import pandas as pd

from bangfu import audit
from bangfu.params import read_pack
from bangfu.sample.county import SampleCounty
from bangfu.sample.making import POLICY, clean_counties
from bangfu.sample.planting import plant


def differences(county: SampleCounty, truth: list[tuple[str, str]], policy: str = POLICY) -> pd.DataFrame:
    """What the rules of the pack report and the truth does not hold (多报), and the reverse (漏报): rule_id, subject, difference.

    A rule that breaks is a difference as well (出错, with the error), so that the others can still be tried.
    """
    tables = {name: frame.reset_index(drop=True) for name, frame in county.tables.items()}
    for number, frame in enumerate(tables.values()):
        frame["origin"] = (number << 32) + pd.Series(range(len(frame)), dtype="int64")
    found, rows = set(), []
    for rule_id, in_force in read_pack(policy).rules.items():
        try:
            outcome = audit.apply(in_force, tables, county.year)
        except Exception as wrong:  # whatever a rule under work raises
            rows.append((rule_id, repr(wrong), "出错"))
            continue
        if outcome.found is not None:
            found |= {(rule_id, subject) for subject in outcome.found.rows["subject"]}
    rows += [(*case, "多报") for case in sorted(found - set(truth))] + [(*case, "漏报") for case in sorted(set(truth) - found)]
    return pd.DataFrame(rows, columns=["rule_id", "subject", "difference"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rules", nargs="*")
    for name, value in (("households", 1200), ("seed", 1), ("year", 2019), ("years", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = vars(parser.parse_args())
    only = set(asked.pop("rules")) or None
    for county in clean_counties(**asked, policy=POLICY):
        truth = plant(county, only)
        wrong = differences(county, truth)
        counts = pd.Series([rule_id for rule_id, _ in truth], dtype="str").value_counts().sort_index()
        print(f"{county.year}: " + " ".join(f"{rule_id}×{n}" for rule_id, n in counts.items()))
        print(wrong.to_string(index=False) if len(wrong) else "  规则报告的与埋设的完全一致")


if __name__ == "__main__":
    main()
