"""What a helper may answer: which corrections there are, with which evidence, by when; and the form to fill and sign."""

from html import escape

import pandas as pd

from bangfu.assessment import Scorecard
from bangfu.corrections import KINDS
from bangfu.problems import Sentence
from bangfu.publish.tables import Table
from bangfu.typography import chinese_marks

_WHEN = {
    "late_record": Sentence("按时走访或联系了,但没有记录或记错了日期、户编号", "the visit or call took place in time but was not recorded, or with a wrong date or household"),
    "leave": Sentence("应访时段在经批准的病假、产假、外派、集中隔离等期间", "the period fell into an approved leave or secondment"),
    "handover": Sentence("结对已更换,但名册没有改", "the pairing had passed to somebody else, which the register does not say"),
}
_EVIDENCE = {
    "late_record": Sentence("当日双签字的走访手册、带时间地点的照片、通话清单,或村干部书面证明", "the visit book signed by both on the day, a photograph with time and place, a list of calls, or a written statement of the village"),
    "leave": Sentence("请假或外派的批准文件,写明起止日期", "the approval of the leave or secondment, with its first and last day"),
    "handover": Sentence("调整文件或交接记录,写明交接日期和接手人", "the order or record of the handover, with its day and the successor"),
}
_BLANK_ROWS = 4


def answering(card: Scorecard, lang: str) -> Table:
    """The kinds of corrections, when each applies, which evidence it needs, and by when to answer."""
    rows = pd.DataFrame({"kind": [k.say(lang) for k in KINDS.values()], "when": [_WHEN[k].say(lang) for k in KINDS], "evidence": [_EVIDENCE[k].say(lang) for k in KINDS]})
    english, days = lang == "en", card.statements.answer_days
    mark = "" if card.approved else (" (example, not approved)" if english else "(示例,未经核准)")
    note = (
        f"Answer within {days} days of receipt{mark}. A finding or a figure that is wrong for another reason can be contested in writing too. What is approved is entered with who approved it and until when, and the next run takes it into account and says so."
        if english
        else f"收到本表之日起{days}日内答复{mark}。因其他原因认为疑点或数字不对的,也可书面说明。经批准的更正写明批准人和有效期后录入,下次运行时计入并在本表列出。"
    )
    columns = {"kind": ("Correction" if english else "可更正的事项", "text"), "when": ("When" if english else "适用情形", "long"), "evidence": ("Evidence" if english else "需附材料", "long")}
    return Table(rows, columns, caption="What can be answered" if english else "可以说明和更正的事项", note=note, lang=lang)


class Form:
    """A form to be filled in by hand: it shows as HTML that prints."""

    def __init__(self, html: str):
        self.html = html

    def __repr__(self) -> str:
        return "form"

    def _repr_html_(self) -> str:
        return self.html


def form(lang: str, helper: str, name: str) -> Form:
    """The form of the answer, with the helper named, blank rows, and lines to sign."""
    zh = lang != "en"
    heads = ("序号", "事项(补记/请假/更换/其他)", "户编号", "日期(起止)", "说明", "所附材料") if zh else ("No.", "Correction (late record, leave, handover, other)", "Household", "Days", "Explanation", "Evidence")
    widths = (6, 22, 14, 16, 26, 16)
    columns = "".join(f'<col style="width:{w}%">' for w in widths)
    head = "".join(f'<th scope="col" class="text">{escape(h)}</th>' for h in heads)
    cells = "<td></td>" * (len(heads) - 1)
    rows = "".join(f'<tr style="height:2.6em"><td class="id">{n}</td>{cells}</tr>' for n in range(1, _BLANK_ROWS + 1))
    choice = "□ 对本表无异议　□ 有异议,说明如下:" if zh else "□ I agree with this statement   □ I object as follows:"
    who = f"帮扶责任人:{helper} {name}" if zh else f"Helper: {helper} {name}"
    signed = ("收到日期:__________", "责任人签字:__________", "单位负责人签字:__________", "答复日期:__________") if zh else ("Received on: __________", "Helper: __________", "Head of unit: __________", "Answered on: __________")
    lines = "".join(f"<span>{escape(chinese_marks(s))}</span>" for s in signed)
    return Form(
        f'<div class="answer-form" style="break-inside:avoid"><p><strong>{escape(chinese_marks(who))}</strong></p><p>{escape(chinese_marks(choice))}</p><table class="bf short" style="table-layout:fixed"><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        f'<p style="display:flex;flex-wrap:wrap;gap:1.2em 2.4em;margin-top:1.6em">{lines}</p></div>'
    )
