"""What a reader hands on: sheets of cell texts with the row numbers that a spreadsheet shows, and notices about files."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from bangfu.problems import Sentence


@dataclass
class RawSheet:
    """One sheet as cell texts.

    columns    a string array per column, equally long; an empty cell is null or a text of blanks
    first_row  the number that a spreadsheet shows for the first of the rows
    widths     how many cells each row of a CSV file has; None where rows have no width of their own
    broken     row position -> text of rows of a CSV file that do not come apart into cells (their cells are null)
    sheet      the sheet's name, empty for CSV
    """

    file: str
    sheet: str
    columns: list[pa.Array]
    first_row: int = 1
    widths: np.ndarray | None = None
    broken: dict[int, str] = field(default_factory=dict)

    def row(self, position: int) -> list[str | None]:
        """The texts of a row without the blanks around them, None where there is none."""
        return [(text.as_py() or "").strip() or None for text in (c[position] for c in self.columns)]

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0


@dataclass
class Notice:
    """Something about a file that people must know: it could not be read, or was read with reservations."""

    file: str
    sentence: Sentence
    unusable: bool


def cannot(file: str, zh: str, en: str) -> Notice:
    """The notice that a file, or a part of it, was not read."""
    return Notice(file, Sentence(f"文件《{file}》{zh}", f"File “{file}” {en}"), unusable=True)


def reserve(file: str, zh: str, en: str) -> Notice:
    """The notice that a file was read with reservations."""
    return Notice(file, Sentence(f"文件《{file}》{zh}", f"File “{file}” {en}"), unusable=False)


def some(numbers: list, lang: str = "zh") -> str:
    """The first few of a list of row numbers."""
    shown = ("、" if lang == "zh" else ", ").join(str(n) for n in numbers[:5])
    return shown + (("等" if lang == "zh" else ", ...") if len(numbers) > 5 else "")
