"""Names and invoice numbers brought to one form, so that two ways of writing the same are seen to be the same."""

import re
import unicodedata
from collections import defaultdict

import pandas as pd

# Words of the legal form say nothing about who it is
CHINESE_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "公司")
WESTERN_FORMS = frozenset("INC INCORPORATED CORP CORPORATION CO COMPANY LTD LIMITED LLC LLP LP PLC THE".split())
# 第一小学 and 第二小学, 东村 and 西村 differ in one character and are two
TELLS_APART = re.compile(r"[\d一二三四五六七八九十百千东南西北上下前后大小新老甲乙丙丁]")
CONFUSED = str.maketrans("OILSBZ", "011582")
CHINESE = re.compile(r"[一-鿿]")


def clean_name(name):
    """A name without what writers vary: width, case, punctuation, blanks, order of words (not of numbers), legal form. "" if nothing is left."""
    return "".join(_words(name))


def _words(name):
    """The cleaned words of a name; a name with Chinese characters is one word."""
    text = unicodedata.normalize("NFKC", str(name)).upper().replace("&", " AND ")
    words = re.sub(r"[\W_]+", " ", text).split()
    if CHINESE.search(text):
        whole = "".join(words)
        form = next((f for f in CHINESE_FORMS if whole.endswith(f) and len(whole) > len(f)), "")
        return [whole.removesuffix(form)]
    kept = [w for w in words if w not in WESTERN_FORMS] or words
    return sorted(w for w in kept if w.isalpha()) + [w for w in kept if not w.isalpha()]


def clean_number(number):
    """An invoice number without blanks, punctuation, case and leading zeros; O and 0, I, L and 1, S and 5, B and 8, Z and 2 are the same."""
    text = str(number)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isalnum():
        text = re.sub(r"[\W_]+", "", text)
    return text.upper().translate(CONFUSED).lstrip("0")


def same_names(names, *, shortest=6, shortest_chinese=5):
    """Number the names so that names meaning the same have one number: equal after cleaning, or one letter apart.

    One letter apart: a letter replaced, added or left out in a word of at least `shortest` letters (with Chinese characters a name of
    `shortest_chinese`), never a figure, a Chinese numeral or a character such as 东 or 西 that tells places apart. Names linked through
    a third one get the same number.
    names: Series; missing and empty names get -1. Returns an int64 Series with its index. Time grows with the letters, not with pairs.
    """
    codes, distinct = pd.factorize(names)
    words = [_words(n) for n in distinct]
    cleaned = ["".join(w) for w in words]
    label = {text: i for i, text in enumerate(dict.fromkeys(c for c in cleaned if c))}
    parts = dict(zip(cleaned, words, strict=True))
    parent = list(range(len(label)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen = defaultdict(list)
    for text, i in label.items():
        least = shortest_chinese if CHINESE.search(text) else shortest
        long_enough = [p for p, word in enumerate(w for w in parts[text] for _ in w) if len(word) >= least]
        if not long_enough:
            continue
        marks = "".join(TELLS_APART.findall(text))
        for key in {(marks, text)} | {(marks, text[:p] + text[p + 1:]) for p in long_enough if not TELLS_APART.match(text[p])}:
            for other in seen[key]:
                if _one_letter_apart(text, other[0]):
                    parent[root(i)] = root(other[1])
            seen[key].append((text, i))
    numbers = [root(label[c]) if c else -1 for c in cleaned]
    return pd.Series([numbers[c] if c >= 0 else -1 for c in codes], index=names.index, dtype="int64")


def _one_letter_apart(a, b):
    if abs(len(a) - len(b)) > 1:
        return False
    p = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[p + (len(a) >= len(b)):] == b[p + (len(b) >= len(a)):]
