"""Packing: a county-year or a case into a signed bag, as a folder or a zip."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bangfu import digests
from bangfu.package import contents, statement
from bangfu.package.archive import write_zip
from bangfu.package.bag import write_bag
from bangfu.package.case import put_case
from bangfu.package.crate import write_crate
from bangfu.package.readme import write_readme
from bangfu.package.recorded import CannotPack, RecordedRun
from bangfu.problems import Sentence, WrongParams
from bangfu.review.ledger import Ledger, chosen
from bangfu.signing import Signer, key_file


@dataclass(frozen=True)
class Packed:
    """A package that was made: where, what it holds in a word, its files, and who signed it."""

    path: Path
    files: int
    signer: str

    def said(self) -> Sentence:
        return Sentence(f"已打包{self.files}个文件并签名(签名人 {self.signer}):{self.path}", f"Packed {self.files} files and signed them (signer {self.signer}): {self.path}")


@dataclass(frozen=True)
class _Order:
    """What is asked for: finding ids of a case (none: the county-year), for whom, and what is to travel."""

    ids: list[str]
    recipient: str
    with_inputs: bool
    with_code: bool

    def told(self, run: RecordedRun) -> dict:
        """What the statement says of the package."""
        holds = "case" if self.ids else "county-year"
        return {"county": run.record["county"], "year": run.record["year"], "run": run.record["run"], "holds": holds, "recipient": self.recipient or None}

    def name(self, run: RecordedRun) -> str:
        return "-".join([run.name, *(["case", digests.of_value(sorted(self.ids))[:8]] if self.ids else [])])


def pack(run: RecordedRun, to: Path, *, case: Sequence[str] = (), recipient: str = "", with_inputs: bool = False, with_code: bool = False) -> Packed:
    """Packs a run, or the findings of a case of it, into a folder or (where `to` ends in .zip) a zip; signs it with the signer's own key.

    case: finding ids. recipient: who may have it; a case and working papers are for a named recipient only.
    WrongParams where the place is taken, the recipient is missing or there is no key; CannotPack where the run is not as it was recorded.
    """
    _demand_place(to, run.folder)
    if case and not recipient:
        raise WrongParams.of("案件包未脱敏,须用 --recipient 写明领取人。", "The package of a case is not masked: name who may have it by --recipient.")
    if case and with_inputs:
        raise WrongParams.of("案件包只含本案的行,不能带全部原始文件,请去掉 --with-inputs。", "The package of a case holds its own rows only: leave out --with-inputs.")
    signer = Signer.own()
    if signer is None:
        raise CannotPack.of(
            f"没有签名密钥,也不能写出 {key_file().name},请用环境变量 BANGFU_KEY 指明密钥文件。",
            f"There is no signing key and {key_file().name} cannot be written; name a key file by BANGFU_KEY.",
        )
    ledger = Ledger.open(run.params, run.record["year"], run.folder.parent.parent)
    order = _Order(chosen(ledger.table, ",".join(case), "") if case else [], recipient, with_inputs, with_code)
    try:
        files = _write(run, ledger, order, to, signer)
    except OSError as wrong:
        raise WrongParams.of(
            f"证据包 {to.name} 不能写出({wrong.strerror}),请检查磁盘空间和权限。",
            f"The package {to.name} cannot be written ({wrong.strerror}); check the disk and permissions.",
        ) from None
    return Packed(to, files, signer.fingerprint)


def _write(run: RecordedRun, ledger: Ledger, order: _Order, to: Path, signer: Signer) -> int:
    """Fills, describes, closes and signs the bag beside its place, then puts it there: whole or not at all. Returns how many files it has."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".packing-") as place:
        bag = Path(place) / order.name(run)
        _fill(bag / "data", run, ledger, order)
        write_readme(bag / "data", run.county.name, order.told(run))
        write_crate(bag / "data", run.record, _words(run, order))
        write_bag(bag, _info(bag.name, order, signer))
        statement.sign(bag, order.told(run), signer, datetime.now().astimezone().isoformat(timespec="seconds"))
        files = sum(p.is_file() for p in bag.rglob("*"))
        if to.suffix.lower() == ".zip":
            write_zip(bag, to)
        else:
            if to.exists():
                to.rmdir()
            bag.rename(to)
    return files


def _demand_place(to: Path, run: Path) -> None:
    if to.resolve().is_relative_to(run.resolve()):
        raise WrongParams.of("证据包不能写在运行结果的文件夹里,请换一个位置。", "A package cannot stand in the folder of the run; name another place.")
    taken = to.exists() and (to.suffix.lower() == ".zip" or not to.is_dir() or any(to.iterdir()))
    if taken:
        raise WrongParams.of(f"{to.name} 已存在,证据包不覆盖已有的文件,请换一个名称。", f"{to.name} is there already; a package overwrites nothing, name another.")


def _fill(data: Path, run: RecordedRun, ledger: Ledger, order: _Order) -> None:
    """The payload: of a case its findings and rows alone, of a county-year everything that the run left."""
    rows, history = ledger.rows(), ledger.store.entries(ledger.year)
    if order.ids:
        rows = rows[rows["finding_id"].isin(order.ids)].reset_index(drop=True)
        history = [e for e in history if e.finding_id in set(order.ids)]
        put_case(rows, run, data)
    else:
        contents.put_run(run, data)
        contents.put_params(run, data)
        rows = contents.open_ones(rows)
    contents.put_standards(run, data)
    contents.put_workflow(run, data)
    contents.put_environment(run, data, with_code=order.with_code)
    contents.put_reviews(history, ledger.store.handovers(ledger.year), data)
    contents.put_inputs(run, data, travel=order.with_inputs)
    if order.recipient and len(rows):
        contents.put_papers(rows, run, order.recipient, data)


def _words(run: RecordedRun, order: _Order) -> dict[str, str]:
    """How the crate speaks of the package."""
    name, year, number = run.county.name, run.record["year"], len(order.ids)
    holds = f"案件证据包({number}个疑点) / evidence of a case ({number} findings)" if order.ids else "年度证据包 / evidence of a county-year"
    held_zh, held_en = ("疑点、所依据的行、底稿和核实记录", "findings, the rows they rest on, papers and reviews") if order.ids else ("执行过的笔记本、报告、疑点、底稿和核实记录", "executed notebooks, reports, findings, papers and reviews")
    return {
        "title": f"{name}{year}年度结对帮扶审计:{holds}",
        "description": f"运行 {run.record['run']}:{held_zh},以及输入摘要、参数、程序版本和运行环境。 / Run {run.record['run']}: {held_en}, with digests of inputs, parameters, code and environment.",
        "licence": f"未脱敏,仅供{order.recipient or '打包人留存'}使用,不得转交 / not masked; for {order.recipient or 'the one who packed it'} only, not to be passed on",
    }


def _info(name: str, order: _Order, signer: Signer) -> dict[str, str]:
    """The information in the bag; no day of packing, which the statement has."""
    told = {"Bag-Software-Agent": f"bangfu {version('bangfu')}", "External-Identifier": name, "Signer": signer.fingerprint}
    return told | ({"Contact-Name": order.recipient} if order.recipient else {})
