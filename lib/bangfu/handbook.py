"""A page per rule for auditors: what it finds, method, why it matters, exclusions, assumptions, and its fixture as the example."""

from pathlib import Path

import pandas as pd

from bangfu import parameters, workbench
from bangfu.intake import dictionary
from bangfu.params import InForce, PolicyPack
from bangfu.publish.words import word
from bangfu.typography import chinese_marks

_HEADING = {"查什么": "查什么", "方法": "方法", "理由": "为什么要查", "不含": "不含", "前提": "前提"}


def page(in_force: InForce, fixture: Path) -> str:
    """The page of a rule in Markdown; its example is the rule's own fixture, which the tests run."""
    rule, tables = in_force.rule, dictionary()
    lines = [
        f"# {rule.id} {rule.title}",
        "",
        f"*{rule.title_en}.*",
        "",
        f"程度:{word('severity', rule.severity)};主题:{word('topic', rule.topic)};疑点指向:`{rule.subject}`" + (f";定性参考:{rule.offence}" if rule.offence else "") + "。",
        "",
    ]
    for name, text in rule.sections.items():
        lines += [f"## {_HEADING[name]}", "", text, ""]
    lines += ["## 参数", ""]
    if in_force.values:
        lines += ["| 参数 | 取值 | 应为 |", "|---|---|---|"]
        lines += [f"| {parameters.label(rule.parameters[n])}(`{n}`) | {parameters.shown(rule.parameters[n], v)} | {parameters.accepted(rule.parameters[n])} |" for n, v in in_force.values.items()]
    else:
        lines.append("没有参数。")
    lines += ["", "## 依据", "", *(f"- {b.say()}" for b in in_force.basis), ""]
    needed = "缺少其中任何一列,本规则不评估,报告会写明。" + ("标“有则用”的表没有时仍评估其余部分,报告写明没有核对什么。" if rule.optional else "")
    lines += ["## 所看的表和列", "", needed, ""]
    for t, columns in rule.reads.items():
        lines.append(f"- {tables[t].title}(`{t}`{',有则用' if t in rule.optional else ''}):" + "、".join(f"{tables[t].columns[c].headers[0]} `{c}`" for c in columns))
    lines += ["", "## 示例", "", "下列记录就是测试所用的记录(虚构);`case` 说明该行是命中(hit)、擦边未命中(near miss)还是排除(exclusion)。", ""]
    lines += _example(fixture, rule.reads)
    return "\n".join(line if line.startswith("|") else chinese_marks(line) for line in lines).rstrip() + "\n"


def _example(fixture: Path, reads: dict) -> list[str]:
    lines = []
    for table in [*reads, "expected"]:
        path = fixture / f"{table}.csv"
        if path.exists():
            rows = pd.read_csv(path, dtype="str", keep_default_na=False)
            title = "结果" if table == "expected" else f"{dictionary()[table].title} `{table}`"
            lines += [f"**{title}**", "", *_markdown(rows), ""]
    return lines


def _markdown(rows: pd.DataFrame) -> list[str]:
    if rows.empty:
        return ["(没有行)"]
    clean = rows.map(lambda v: v.replace("|", "\\|").replace("\n", " "))
    return ["| " + " | ".join(rows.columns) + " |", "|" + "---|" * rows.shape[1], *("| " + " | ".join(r) + " |" for r in clean.itertuples(index=False))]


def index(pack: PolicyPack) -> str:
    """The list of all pages."""
    lines = ["# 规则目录", "", f"政策包“{pack.title}”,共{len(pack.rules)}条。由规则本身生成:`make docs`。", "", "| 规则 | 名称 | 程度 | 主题 |", "|---|---|---|---|"]
    lines += [f"| [{r.rule.id}]({r.rule.id}.md) | {r.rule.title} | {word('severity', r.rule.severity)} | {word('topic', r.rule.topic)} |" for r in pack.rules.values()]
    return "\n".join(lines) + "\n"


def pages(pack: PolicyPack) -> dict[str, str]:
    """File name -> content of every page."""
    fixtures = workbench.home() / "tests" / "rules"
    return {"README.md": index(pack)} | {f"{r}.md": page(in_force, fixtures / r) for r, in_force in pack.rules.items()}


def write(pack: PolicyPack, folder: Path) -> int:
    """Writes every page and removes pages of rules that are no more; returns how many rules have one."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages(pack)
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, content in made.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return len(made) - 1
