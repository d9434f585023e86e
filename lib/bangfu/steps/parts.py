"""The parts of a county-year by which steps go, and what people are told when one of them changed.

A part is named `kind/name`; `kind/` alone stands for all of its kind. Its digest changes when anything of it does.
"""

from collections.abc import Mapping

from bangfu.problems import Sentence

ABSENT = "absent"
_WORDS = {
    "raw": ("原始文件", "raw files"),
    "headers": ("县参数中的表头", "the headers of the county params"),
    "settings": ("县参数或政策包", "county params or policy pack"),
    "rule": ("规则及其参数", "rules and their parameters"),
    "table": ("原始数据表", "tables"),
    "intake": ("读取结果", "what was read"),
    "personal": ("应脱敏的姓名和编号", "names and ids to be masked"),
    "suite": ("期望套件", "expectation suites"),
    "quality": ("数据质量检验结果", "the results of validation"),
    "findings": ("疑点清单", "findings"),
    "helpers": ("考核结果", "the assessment"),
    "money": ("资金核对结果", "the audit of the money"),
    "previous": ("上次结果或核实意见", "earlier results or reviews"),
    "run": ("本次运行的输入", "what went into the run"),
    "code": ("程序", "code"),
    "libraries": ("软件库版本", "versions of libraries"),
    "notebook": ("笔记本", "notebooks"),
    "left": ("前面步骤的结果", "what earlier steps left"),
    "options": ("语言、版本或笔记本的选择", "language, edition or choice of notebooks"),
}
_SHOWN = 4


def _told(part: str) -> Sentence:
    kind, _, name = part.partition("/")
    zh, en = _WORDS[kind]
    if kind == "raw" and name:
        return Sentence(f"《{name}》", name)
    if kind == "table" and name:
        from bangfu.intake import dictionary

        known = dictionary()
        return Sentence(known[name].title, known[name].title_en) if name in known else Sentence(name, name)
    if kind in {"rule", "notebook"} and name:
        return Sentence(f"{'规则' if kind == 'rule' else '笔记本'} {name}", f"{'rule' if kind == 'rule' else 'notebook'} {name}")
    return Sentence(zh, en)


def changed(then: Mapping[str, str], now: Mapping[str, str]) -> Sentence:
    """What changed between the parts that a step went by and what they are now, in words: “visits 变了”."""
    names = [p for p in sorted(then.keys() | now.keys()) if then.get(p) != now.get(p)]
    # Where the single parts are known, “all of them” says nothing more.
    single = [p for p in names if not p.endswith("/") or not any(n != p and n.startswith(p) for n in names)]
    told = list(dict.fromkeys(_told(p) for p in single))
    more = len(told) > _SHOWN
    zh = "、".join(t.zh for t in told[:_SHOWN]) + ("等" if more else "")
    en = ", ".join(t.en for t in told[:_SHOWN]) + (", ..." if more else "")
    return Sentence(f"{zh}变了", f"{en} changed")
