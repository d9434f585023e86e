"""What every display of several counties shares: which counties, in which language and edition, their names, and counts too small to print."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bangfu.province import Counties, ProvinceSettings, Tables, find, read_settings
from bangfu.province.suppression import small
from bangfu.publish import figures
from bangfu.publish.lab import show_charts_as_svg_alone, show_style


class SideBySide:
    """Displays of all counties of a reports folder in one language and edition."""

    def __init__(self, counties: Counties, settings: ProvinceSettings, folder: Path, lang: str = "zh", edition: str = "public"):
        self.counties, self.settings, self.folder, self.lang, self.edition = counties, settings, folder, lang, edition
        folder.mkdir(parents=True, exist_ok=True)
        self.tables = Tables(counties, settings, spill=folder)

    @classmethod
    def open(cls, reports: str, year: int, *, lang: str = "zh", edition: str = "public") -> SideBySide:
        """Opens every county-year below `reports`; raises WrongParams or UnusableInput where there is none."""
        show_style()
        show_charts_as_svg_alone()
        reports = Path(reports).resolve()
        return cls(find(reports, int(year)), read_settings(), reports / "province" / str(year), lang, edition)

    def say(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    @property
    def public(self) -> bool:
        return self.edition == "public"

    def _name(self, code: str) -> str:
        """A county's name; with its code where another has the same."""
        names = self.counties.names
        return names[code] if list(names.values()).count(names[code]) == 1 else f"{names[code]}{code}"

    def _names(self, codes) -> str:
        return self.say("、", ", ").join(map(self._name, codes))

    def _count(self, counts: pd.Series, hidden: pd.Series) -> list[str]:
        return [f"<{self.settings.least_cell}" if h else figures.count(c) for c, h in zip(counts, hidden, strict=True)]

    def _small(self, counts: pd.Series, *, with_total: bool = False) -> pd.Series:
        return small(counts, self.settings.least_cell, with_total=with_total) if self.public else pd.Series(False, index=counts.index)

    def _hidden(self, count: int) -> str:
        return self._count(pd.Series([count]), self._small(pd.Series([count])))[0]
