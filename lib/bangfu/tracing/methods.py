"""The methods by which money is traced through a mixed account: the rule of each in words, and on whose authority.

None is the right one for every case: which applies is for the lawyers of the case. They stand side by side.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bangfu.problems import Sentence, WrongParams, did_you_mean
from bangfu.tracing.holdings import Pool, Queue

EX_POST = "pari_passu"
ELECTION, DIFFERENCE = "election", "difference"


@dataclass(frozen=True)
class Method:
    """A method: what people call it, its rule in words, its authority (as docs/tracing.md says, read or recalled).

    holding   makes the holding of an account; None where payments are not looked at in their order (pari passu ex post)
    """

    name: str
    title: Sentence
    rule: Sentence
    authority: Sentence
    holding: Callable[[], Queue | Pool] | None


_ALL = [
    Method(
        "fifo", Sentence("先进先出", "First in, first out"),
        Sentence("先存入的钱先付出;同一笔存款内部按比例。", "What was paid in first goes out first; within one deposit in proportion."),
        Sentence("Clayton's Case (1816) 1 Mer 572", "Clayton's Case (1816) 1 Mer 572"),
        lambda: Queue(newest_first=False),
    ),
    Method(
        "lifo", Sentence("后进先出", "Last in, first out"),
        Sentence("后存入的钱先付出;同一笔存款内部按比例。", "What was paid in last goes out first; within one deposit in proportion."),
        Sentence("法务会计惯用的对照口径", "In use by forensic accountants, as the opposite of first in, first out"),
        lambda: Queue(newest_first=True),
    ),
    Method(
        "pro_rata", Sentence("逐笔按比例(滚动)", "Rolling pro rata"),
        Sentence("每付出一笔,账上各方的钱(含账户自有资金)按当时余额比例分担。", "Every payment is borne by all money on the account, own money included, in proportion to what each has at that moment."),
        Sentence("北美滚动比例法;Barlow Clowes v Vaughan [1992] 4 All ER 22 所讨论", "The North American rolling charge, as discussed in Barlow Clowes v Vaughan [1992] 4 All ER 22"),
        lambda: Pool(ranked=False),
    ),
    Method(
        EX_POST, Sentence("事后按总额比例", "Pari passu ex post"),
        Sentence("不看先后:自混同时起,所有付出和剩余都按各方投入总额的比例分担。", "The order does not count: from the mixing on, all payments and what is left are shared in proportion to what each paid in."),
        Sentence("Barlow Clowes v Vaughan [1992] 4 All ER 22", "Barlow Clowes v Vaughan [1992] 4 All ER 22"),
        None,
    ),
    Method(
        "libr", Sentence("最低中间余额", "Lowest intermediate balance"),
        Sentence("先付账户自有的钱,不足部分由各主张方按比例分担;此后存入的自有资金不补回,所以主张不超过其后的最低余额。",
                 "Own money goes out first; what it does not cover is borne by the claimants in proportion. Own money paid in later makes nothing good, so no claim is above the lowest balance since."),
        Sentence("Re Hallett's Estate (1880) 13 Ch D 696;Roscoe v Winder [1915] 1 Ch 62", "Re Hallett's Estate (1880) 13 Ch D 696; Roscoe v Winder [1915] 1 Ch 62"),
        lambda: Pool(ranked=True),
    ),
    Method(
        ELECTION, Sentence("主张方选择", "The claimant's election"),
        Sentence("主张方选定的付出先算他的钱(未选定时为每一笔);其余付出先付账户自有的钱。", "Payments that the claimant elects (all, where none is named) are taken from his money first; all others from own money first."),
        Sentence("Re Oatway [1903] 2 Ch 356", "Re Oatway [1903] 2 Ch 356"),
        lambda: Pool(ranked=True),
    ),
    Method(
        DIFFERENCE, Sentence("差额法", "Difference method"),
        Sentence("付出先用自有余额,自有不足的差额算动用了专款;指明为专款本身用途的付出先用专款。", "Payments use own money first, and the difference that it does not cover is the claimants' money; payments named as for the fund's own purpose use the fund's money first."),
        Sentence("国内涉案资金审计软件的“差额计算法”(见 docs/tracing.md)", "差额计算法, as published in Chinese software for tracing money in criminal cases (see docs/tracing.md)"),
        lambda: Pool(ranked=True),
    ),
]  # fmt: skip
METHODS: dict[str, Method] = {m.name: m for m in _ALL}


def method_named(name: str) -> Method:
    """The method of METHODS with this name; WrongParams for a name that there is none of."""
    if name not in METHODS:
        zh, en = did_you_mean(name, METHODS)
        raise WrongParams.of(f"没有名为“{name}”的追踪方法{zh}", f"No tracing method “{name}”{en}")
    return METHODS[name]
