"""Make the report fonts: Noto Sans CJK SC, cut down to the characters that reports need.

Needs Debian's `fonts-noto-cjk` and `unicode-data` and, in the environment, fonttools. Run from the repository's top:

    python scripts/subset_fonts.py

Regular holds the 通用规范汉字表 (8,105 characters, Unihan's kTGH) and GB 2312; bold holds GB 2312, which
headings are written in. Both hold Latin, punctuation, arrows and the enclosed numbers. The licence (SIL OFL 1.1) allows
this under another name; `OFL.txt` beside the fonts is its text.
"""
import bz2
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

SOURCE = Path("/usr/share/fonts/opentype/noto")
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
TARGET = Path("lib/bangfu/publish/fonts")
FAMILY = "Bangfu Sans SC"

SIGNS = [(0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2027), (0x2030, 0x203B), (0x2070, 0x209C), (0x2116, 0x2122),
         (0x2150, 0x216B), (0x2190, 0x2199), (0x2200, 0x226B), (0x2460, 0x249B), (0x2500, 0x2503), (0x25A0, 0x25CF),
         (0x2605, 0x2606), (0x2713, 0x2717), (0x3000, 0x3017), (0x3220, 0x3229), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE5)]


def gb2312(rows) -> set[int]:
    """Characters of the given GB 2312 rows (16-55 level 1, 16-87 both levels)."""
    found = set()
    for row in rows:
        for cell in range(1, 95):
            try:
                found.add(ord(bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def standard_characters() -> set[int]:
    """The 通用规范汉字表, from Unihan's kTGH."""
    lines = bz2.decompress(UNIHAN.read_bytes()).decode().splitlines()
    return {int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line}


def subset(collection: Path, weight: str, characters: set[int]) -> Path:
    """Write one weight with these characters under our family name."""
    font = next(f for f in TTCollection(collection).fonts if f["name"].getDebugName(1).startswith("Noto Sans CJK SC"))
    options = Options()
    options.layout_features = ["kern", "palt"]
    options.hinting = False
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    options.name_languages = [0x409]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    full = f"{FAMILY} {weight}"
    for name_id, text in {1: FAMILY, 2: weight, 3: full, 4: full, 6: f"BangfuSansSC-{weight}"}.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    for name_id in (16, 17):
        font["name"].removeNames(nameID=name_id)
    top = font["CFF "].cff
    top.fontNames = [f"BangfuSansSC-{weight}"]
    top.topDictIndex[0].FullName, top.topDictIndex[0].FamilyName = full, FAMILY
    out = TARGET / f"BangfuSansSC-{weight}.otf"
    font.recalcTimestamp = False
    font.save(out)
    return out


if __name__ == "__main__":
    signs = {code for first, last in SIGNS for code in range(first, last + 1)}
    TARGET.mkdir(parents=True, exist_ok=True)
    for made in (subset(SOURCE / "NotoSansCJK-Regular.ttc", "Regular", signs | standard_characters() | gb2312(range(16, 88))),
                 subset(SOURCE / "NotoSansCJK-Bold.ttc", "Bold", signs | gb2312(range(16, 88)))):
        print(made, made.stat().st_size)
