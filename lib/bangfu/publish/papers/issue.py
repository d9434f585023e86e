"""Issuing a set of working papers to a named recipient: every form in Word and Excel, in a folder."""

from collections.abc import Sequence
from pathlib import Path

from bangfu.problems import Sentence, WrongParams
from bangfu.publish.papers import forms
from bangfu.publish.papers.matter import Matter, numbered, with_index
from bangfu.publish.papers.sheet_form import write_forms
from bangfu.publish.papers.word_form import write_form

_LONGEST_NAME = 40


def recipient_of(name: str) -> str:
    """The name of who may have the papers; WrongParams where there is none that can stand on each page."""
    plain = " ".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME:
        raise WrongParams.of(
            f"--recipient 须写明领取人(单位和姓名),不超过{_LONGEST_NAME}字,工作底稿只发给指名的人。", f"--recipient must name who may have the papers, in at most {_LONGEST_NAME} characters."
        )
    return plain


def issue(matters: Sequence[Matter], folder: Path, *, code: str, year: int, recipient: str, lang: str = "zh") -> list[Path]:
    """Writes the papers of a set; returns the files. WrongParams where the folder holds something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongParams.of(f"{folder.name} 已有内容,请换一个空文件夹,以免不同领取人的底稿混在一起。", f"{folder.name} is not empty: name another folder, so that papers of two recipients do not mix.")
    indexed = with_index(matters)
    number = numbered(code, year, "TZ", sorted(m.number for m in matters)) if any(m.number for m in matters) else ""
    papers = [(f"{index} {form.name}", form) for index, m in indexed for form in (forms.evidence_form(index, m, lang), forms.working_paper(index, m, lang))]
    lists = [forms.ledger(_known(indexed), number, lang), forms.summary(_known(indexed), number, lang)]
    written = [write_form(form, folder / f"{name}.docx", recipient=recipient, lang=lang) for name, form in papers]
    written += [write_form(form, folder / f"{form.name}.docx", recipient=recipient, lang=lang) for form in lists]
    for place in (0, 1):
        same = papers[place::2]
        written.append(write_forms(same, folder / f"{same[0][1].name}.xlsx", recipient=recipient, lang=lang))
    written.append(write_forms([(form.name, form) for form in lists], folder / f"{lists[0].name}.xlsx", recipient=recipient, lang=lang))
    return written


def _known(indexed: Sequence[tuple[str, Matter]]) -> list[tuple[str, Matter]]:
    """Without blank forms, which are no lines of a list."""
    return [(index, m) for index, m in indexed if m.title]


def said(written: Sequence[Path], folder: Path, recipient: str) -> Sentence:
    """What was issued, in a sentence."""
    return Sentence(
        f"已为“{recipient}”生成{len(written)}个文件(未脱敏,每页印有领取人):{folder}", f"{len(written)} files for “{recipient}” (not masked, the name on each page): {folder}"
    )
