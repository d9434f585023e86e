"""Why a finding is there no more: the row it rested on was deleted or changed, the standard moved, or nobody looked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from bangfu.intake import dictionary
from bangfu.params import InForce


@dataclass
class Reasons:
    """What changed between the run before and this one, to say for each finding why it vanished.

    changes     the rows changed and deleted since the hand-over that the findings before rest on (`handovers.changes`)
    in_force    the rules in force now, by id
    unassessed  rule id -> why it was not assessed now
    moved       what else is not as it was: "corrections" (those the county approved), "code" (of reading and rules)
    """

    changes: pd.DataFrame
    in_force: Mapping[str, InForce]
    unassessed: Mapping[str, str]
    moved: Collection[str] = ()
    _by_place: dict = field(init=False, repr=False)

    def __post_init__(self):
        gone = self.changes[self.changes["change"] != "added"]
        self._by_place = {(c.file_then, c.sheet_then, int(c.row_then)): c for c in gone.itertuples(index=False)}

    def of(self, finding: Mapping) -> str:
        """The reason of one finding that vanished, a sentence in Chinese as all reasons are."""
        rule = finding["rule_id"]
        parts = []
        if rule in self.unassessed:
            parts.append(f"本次未评估该规则:{self.unassessed[rule].rstrip('。')}")
        elif self._of_catalogue(rule) and rule not in self.in_force:
            parts.append("现行政策包不再包含该规则")
        parts += self._rows(finding["sources"])
        now = self.in_force.get(rule)
        if now is not None and now.criteria("zh") != finding["criteria"]:
            parts.append(f"标准已调整:原为“{finding['criteria']}”现为“{now.criteria('zh')}”")
        if now is not None and "corrections" in now.rule.given and "corrections" in self.moved:
            parts.append("县参数中经批准的更正有变动,该规则已按更正评估")
        if not parts:
            parts.append(self._otherwise(finding, now))
        return ";".join(parts)

    def _rows(self, sources) -> list[str]:
        deleted, changed = [], []
        for s in sources if sources is not None else ():
            c = self._by_place.get((s["file"], s["sheet"] or "", s["row"]))
            if c is None:
                continue
            where = f"{s['file']}{'·' + s['sheet'] if s['sheet'] else ''}第{s['row']}行"
            if c.change == "deleted":
                deleted.append(where)
            else:
                table = dictionary()[c.table]
                changed.append(f"{where}的{'、'.join(table.columns[n].headers[0] for n in c.columns)}")
        return [f"所依据的行{what}:{_some(places)}" for what, places in (("已删除", deleted), ("已变更", changed)) if places]

    def _otherwise(self, finding: Mapping, now: InForce | None) -> str:
        """Nothing that the finding rested on changed: something beside it did."""
        read = now.rule.reads if now is not None else [finding["subject"].partition(".")[0]]
        touched = [dictionary()[t].title for t in read if (self.changes["table"] == t).any()]
        if touched:
            return f"所依据的行和标准未变,但{'、'.join(touched)}有其他行增加、变更或删除"
        if "code" in self.moved:
            return "所依据的行和标准未变,读取或评估的程序已更新"
        return "所依据的行和标准未变,原因不明,请核查"

    @staticmethod
    def _of_catalogue(rule: str) -> bool:
        return not rule.startswith("GX-")  # expectations of the suites are no rules of a pack


def _some(places: list[str], limit: int = 5) -> str:
    return "、".join(places[:limit]) + (f"等{len(places)}处" if len(places) > limit else "")
