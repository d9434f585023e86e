"""Chinese sentences with Chinese marks: what was typed as `,` between Chinese characters is set as U+FF0C."""

import re

_WIDE = {mark: chr(ord(mark) + 0xFEE0) for mark in ",;:?!"}
_CHINESE = r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u201c\u201d]"
_MARK = re.compile(rf"(?<={_CHINESE})[,;:?!] ?|[,;:?!](?={_CHINESE})|(?<=[)%])[,;](?=\d)")
_PARTS = re.compile(r"(<!--.*?-->|<(script|style|pre|svg|h[1-6]|code)\b.*?</\2>|<td class=\"title\">.*?</td>|<[^>]*>)", re.S)
_ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")


def chinese_marks(sentence: str) -> str:
    """`共 5 条,其中重大 2 条` with wide marks; figures (`1,234`, `12:30`) and English sentences stay as they are."""
    if _ENGLISH.search(sentence):
        return sentence
    return _MARK.sub(lambda m: _WIDE[m.group(0)[0]], sentence)


def page_with_chinese_marks(html: str) -> str:
    """The same for the text of a page; headings (rules' titles), code and charts stay as they are."""
    parts = _PARTS.split(html)
    # split() gives text, markup, name of the element, text, …: only the texts change.
    return "".join(part if place % 3 == 1 else _MARK.sub(lambda m: _WIDE[m.group(0)[0]], part)
                   for place, part in enumerate(parts) if place % 3 != 2 and part is not None)
