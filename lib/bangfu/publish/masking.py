"""Personal data stays inside: what published reports show of id numbers, names, phones, accounts and plates."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from bangfu import digests
from bangfu.problems import Sentence
from bangfu.rules.catalogue import of_answers

HIDDEN = "*"
WITHHELD = Sentence("(受访户的评价,公开版不列)", "(a household's answer, not published)")

# An id number stands out wherever it stands; shorter runs count only where no letter touches them: a voucher or visit
# number has its letters before it.
_RUN = re.compile(r"(?<!\d)\d{17}[0-9Xx](?!\d)|(?<![0-9A-Za-z_])(?<!\d\.)\d{11,19}(?![0-9A-Za-z_])")
_CENTS = re.compile(r"\.\d{1,2}(?!\d)")
_UNIT = re.compile(r"(?:局|办|厅|所|站|厂|店|院|社|公司|政府|中心|银行|专户|学校)$")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z.,-])(0\d{2,3})-(\d{7,8})(?!\d)")
_PLATE = re.compile(r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Z])[·・]?([A-Z0-9]{4,5}[A-Z0-9挂学警港澳])(?![A-Z0-9])")
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z.])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])")


def mask_id_number(number: str) -> str:
    """`999001197305250971` → `999001**********71`: the area code and the last two characters stay."""
    return number[:6] + HIDDEN * (len(number) - 8) + number[-2:] if len(number) > 8 else HIDDEN * len(number)


def mask_name(name: str) -> str:
    """`李德` → `李*`; of a name with a middle dot, the first character."""
    text = str(name).strip()
    return text[:1] + HIDDEN * min(len(text) - 1, 2) if len(text) > 1 else HIDDEN * len(text)


def mask_phone(phone: str) -> str:
    """`13769408727` → `137****8727`; of a short number, the last two digits."""
    digits = str(phone)
    return f"{digits[:3]}{HIDDEN * (len(digits) - 7)}{digits[-4:]}" if len(digits) >= 11 else HIDDEN * max(len(digits) - 2, 1) + digits[-2:]


def mask_account(account: str) -> str:
    """`621020215573356` → `***********3356`: the last four digits stay."""
    text = str(account)
    return HIDDEN * (len(text) - 4) + text[-4:] if len(text) > 4 else HIDDEN * len(text)


def mask_plate(plate: str) -> str:
    """`云A12051` → `云A***51`: the place and the last two characters stay."""
    text = str(plate)
    return text[:2] + HIDDEN * max(len(text) - 4, 1) + text[-2:] if len(text) > 4 else HIDDEN * len(text)


def mask_address(address: str) -> str:
    """An address down to its county, township or village; what comes after is hidden."""
    text = str(address)
    place = re.match(r".*?[县市区旗](?:.*?[镇乡街道村])?", text)
    kept = place.group(0) if place else text[:2]
    return kept + HIDDEN * 3 if len(kept) < len(text) else kept


_BY_KIND = {"id_number": mask_id_number, "name": mask_name, "phone": mask_phone, "account": mask_account,
            "plate": mask_plate, "address": mask_address}


class Masker:
    """Masks free sentences, subjects and tables of one county.

    names: personal names known to the county's tables. internal: ids of our own that look like accounts (households,
    villages) and stay. keep: words that are a name as well, to be left alone.
    """

    def __init__(self, names: Iterable[str] = (), internal: Iterable[str] = (), keep: Iterable[str] = ()):
        self.internal = frozenset(map(str, internal))
        left_alone = set(keep)
        self.names = frozenset(n for n in (str(n).strip() for n in names if isinstance(n, str))
                               if len(n) > 1 and n not in left_alone)
        self._lengths = tuple(sorted({len(n) for n in self.names}, reverse=True))
        self._starts = frozenset(n[0] for n in self.names)

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], dictionary: Mapping) -> "Masker":
        """The masker of a county's tables, by what the dictionary says is personal; household and village ids stay."""
        names: set[str] = set()
        internal: set[str] = set()
        for table, frame in tables.items():
            for name, column in dictionary[table].columns.items() if table in dictionary else ():
                if name not in frame:
                    continue
                if column.personal == "name":
                    # An account can be a unit's: its name is not personal, and it is long or ends as a unit's does.
                    names.update(n for n in frame[name].dropna().unique()
                                 if "·" in n or 1 < len(n) <= 4 and not (len(n) > 2 and _UNIT.search(n)))
                elif name in ("household_id", "village_code"):
                    internal.update(frame[name].dropna().unique())
        return cls(names, internal)

    @property
    def knows(self) -> str:
        """The digest of all that it goes by: two that know the same mask alike."""
        return digests.of_value([sorted(self.names), sorted(self.internal)])

    def text(self, sentence: str) -> str:
        """A sentence without id numbers, phones, accounts, plates and known names; amounts, dates and our ids stay."""
        if not isinstance(sentence, str):
            return sentence
        masked = _RUN.sub(self._run, sentence)
        masked = _LANDLINE.sub(lambda m: f"{m.group(1)}-{HIDDEN * (len(m.group(2)) - 2)}{m.group(2)[-2:]}", masked)
        masked = _PLATE.sub(lambda m: mask_plate(m.group(1) + m.group(2)), masked)
        return self._without_names(masked)

    def subject(self, subject: str) -> str:
        """A subject: an id, or two joined by a bar."""
        return "|".join(self.text(part) for part in subject.split("|")) if isinstance(subject, str) else subject

    def findings(self, findings: pd.DataFrame) -> pd.DataFrame:
        """Findings as they may be published: subject and sentences masked, everything else as it is; of what a household answered,
        only that there is such a finding (its number would tell the household to whoever computes it again)."""
        masked = {"subject": self.subject, "condition": self.text, "condition_en": self.text, "reason": self.text,
                  "explanation": self.text, "explanation_en": self.text}
        shown = findings.assign(**{column: self._each(findings[column], mask) for column, mask in masked.items()
                                   if column in findings})
        told = shown["rule_id"].isin(of_answers()) if "rule_id" in shown else pd.Series(False, index=shown.index)
        if not told.any():
            return shown
        numbers = (shown["rule_id"] + "-" + (shown.groupby("rule_id").cumcount() + 1).astype("str")).where(told)
        kept = {"finding_id": numbers, "subject": WITHHELD.zh, "condition": WITHHELD.zh, "condition_en": WITHHELD.en,
                "reason": None, "explanation": None, "explanation_en": None, "exemption": None}
        shown = shown.assign(**{column: shown[column].mask(told, value) for column, value in kept.items() if column in shown})
        bare = {column: [[] if t else s for t, s in zip(told, shown[column], strict=True)] for column in ("sources", "money_sources") if column in shown}
        return shown.assign(**{column: pd.Series(lists, index=shown.index, dtype="object") for column, lists in bare.items()})

    def frame(self, frame: pd.DataFrame, personal: Mapping[str, str]) -> pd.DataFrame:
        """A table as it may be published. personal: column -> kind (id_number, name, phone, account, plate, address)."""
        unknown = {kind for column, kind in personal.items() if kind not in _BY_KIND}
        if unknown:
            raise KeyError(f"no masking for personal data of kind {', '.join(sorted(unknown))}")
        return frame.assign(**{column: self._each(frame[column], _BY_KIND[kind]) for column, kind in personal.items()
                               if column in frame})

    @staticmethod
    def _each(column: pd.Series, mask) -> pd.Series:
        return column.map(mask, na_action="ignore") if len(column) else column

    def _run(self, found: re.Match) -> str:
        digits = found.group(0)
        if digits in self.internal or (len(digits) < 14 and _CENTS.match(found.string, found.end())):
            return digits
        if len(digits) == 18 or (len(digits) == 15 and _is_day(f"19{digits[6:12]}")):
            return mask_id_number(digits)
        if len(digits) == 11:
            return mask_phone(digits) if digits[0] == "1" and digits[1] in "3456789" else digits
        if len(digits) == 14 and _is_day(digits[:8]) and digits[8:10] < "24" and max(digits[10:12], digits[12:]) < "60":
            return digits
        return mask_account(digits)

    def _without_names(self, sentence: str) -> str:
        if not self.names:
            return sentence
        out, place, end = [], 0, len(sentence)
        while place < end:
            if sentence[place] in self._starts:
                for length in self._lengths:
                    piece = sentence[place:place + length]
                    if piece in self.names:
                        out.append(mask_name(piece))
                        place += length
                        break
                else:
                    out.append(sentence[place])
                    place += 1
            else:
                out.append(sentence[place])
                place += 1
        return "".join(out)


def mask_text(sentence: str, names: Iterable[str] = (), internal: Iterable[str] = ()) -> str:
    """One sentence masked; for many, make a `Masker` once."""
    return Masker(names, internal).text(sentence)


def mask_id_numbers(page: str) -> str:
    """A published page on which no id number is left, whatever wrote it there: the last gate, not the first."""
    return _ID_NUMBER.sub(lambda m: mask_id_number(m.group(0)), page)


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
