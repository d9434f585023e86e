"""Verifying a run: are the published files the ones that were published, and does running again give the same?"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pandas as pd
import yaml

from bangfu import digests, findings
from bangfu.params_file import read_yaml
from bangfu.pipeline import run_county
from bangfu.previous import Previous
from bangfu.problems import NothingToVerify, Sentence
from bangfu.record import FILE, SIGNATURE, outputs_of
from bangfu.signing import signed_by


def records_below(folder: Path) -> list[Path]:
    """The county-year folders with a record at or below a folder; NothingToVerify where there is none."""
    found = sorted(p.parent for p in folder.rglob(FILE) if p.is_file()) if folder.is_dir() else []
    if not found:
        raise NothingToVerify.of(f"{folder} 里没有运行记录({FILE}),无可核验。", f"There is no record of a run ({FILE}) in {folder}: nothing to verify.")
    return found


@dataclass
class Difference:
    """One thing that is not as it was recorded."""

    folder: Path
    sentence: Sentence


def changed_files(folder: Path, signer: str | None = None) -> list[Difference]:
    """Are the published files the ones that were published: changed, missing and added files, and the signature."""
    found: list[Difference] = []

    def differ(zh: str, en: str) -> None:
        found.append(Difference(folder, Sentence(zh, en)))

    content = (folder / FILE).read_bytes()
    try:
        recorded = json.loads(content)
        told, signer_told, went_on_from = recorded["outputs"], recorded["signed by"], recorded["goes on from"]
    except (ValueError, KeyError, TypeError):
        differ(f"{FILE} 不是有效的运行记录。", f"{FILE} is no valid record of a run.")
        return found
    if signer_told or signer or (folder / SIGNATURE).exists():
        _check_signature(folder, content, signer, differ)
    now = outputs_of(folder)
    for name in sorted(told.keys() | now.keys()):
        if name not in now:
            differ(f"{name} 缺失。", f"{name} is missing.")
        elif name not in told:
            differ(f"{name} 是后来添加的。", f"{name} was added.")
        elif told[name] != now[name]:
            differ(f"{name} 已被改动。", f"{name} was changed.")
    now = Previous(folder).digests
    for name in sorted(went_on_from.keys() | now.keys()):
        if went_on_from.get(name) != now.get(name):
            differ(f"本次运行所接续的 previous/{name} 与当时不同。", f"previous/{name}, from which the run went on, is not what it was.")
    return found


def _check_signature(folder: Path, content: bytes, signer: str | None, differ) -> None:
    try:
        told = json.loads((folder / SIGNATURE).read_text(encoding="utf-8"))
        by = signed_by(bytes.fromhex(told["public key"]), bytes.fromhex(told["signature"]), content)
    except FileNotFoundError:
        differ(f"没有签名({SIGNATURE})。", f"There is no signature ({SIGNATURE}).")
        return
    except (ValueError, KeyError, TypeError):
        by = None
    if by is None:
        differ(f"{FILE} 与签名({SIGNATURE})不符:记录或签名已被改动。", f"{FILE} does not fit its signature ({SIGNATURE}): one of them was changed.")
    elif signer and signer.lower() != by:
        differ(f"签名人是 {by},不是要求的 {signer}。", f"It was signed by {by}, not by {signer}.")


def rerun_differences(folder: Path, params_file: Path | None = None, raw: Path | None = None) -> list[Difference]:
    """Runs again from the recorded inputs and names every finding and report that comes out otherwise.

    params_file: the county params where they are not where the record says. raw: the folder of raw files where it is not the one of the params.
    """
    told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    params_file = params_file or (folder / told["params"]["file"]).resolve()
    found: list[Difference] = []

    def differ(zh: str, en: str) -> None:
        found.append(Difference(folder, Sentence(zh, en)))

    if not params_file.exists():
        differ(f"找不到县参数文件 {params_file.name},无法重新运行。", f"The county params {params_file.name} are not there: it cannot be run again.")
        return found
    if digests.of_file(params_file) != told["params"]["sha256"]:
        differ("县参数与当时不同。", "The county params are not the ones that were used.")
    if digests.of_code(*digests.CODE) != told["code"]:
        differ("程序与当时不同,请用记录中的版本核验。", "The code is not the one that was used; verify with the recorded version.")
    with tempfile.TemporaryDirectory() as place:
        again = Path(place) / told["county"] / str(told["year"])
        if (folder / "previous").exists():
            copytree(folder / "previous", again / "previous")
        used = _with_raw(params_file, raw, Path(place) / "params") if raw else params_file
        result = run_county(used, told["year"], Path(place), only=told["notebooks"], lang=told["language"], edition=told["edition"], as_before=True)
        if result.status:
            for s in result.sentences:
                differ(f"重新运行没有完成:{s.zh}", f"Running again failed: {s.en}")
            return found
        fresh = json.loads((again / FILE).read_text(encoding="utf-8"))
        _compare_inputs(told, fresh, differ)
        if not (folder / "findings.parquet").exists():
            return found
        _compare_findings(findings.read(folder / "findings.parquet"), findings.read(again / "findings.parquet"), differ)
        for name, digest in told["outputs"].items():
            if name.endswith(".html") and fresh["outputs"].get(name) != digest:
                differ(f"重新运行得到的 {name} 与记录不同。", f"Running again gives another {name}.")
    return found


def _with_raw(params_file: Path, raw: Path, place: Path) -> Path:
    """A copy of the county params, and of the packs beside them, that reads the raw files elsewhere; no store of reviews is asked."""
    told = read_yaml(params_file) | {"raw": str(raw)}
    told.pop("reviews", None)
    used = place / "counties" / params_file.name
    used.parent.mkdir(parents=True)
    used.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")
    if (packs := params_file.parent.parent / "policies").is_dir():
        copytree(packs, place / "policies")
    return used


def _compare_inputs(told: dict, fresh: dict, differ) -> None:
    for name in sorted(told["inputs"].keys() | fresh["inputs"].keys()):
        if told["inputs"].get(name) != fresh["inputs"].get(name):
            differ(f"原始文件《{name}》与当时不同。", f"Raw file “{name}” is not the one that was read.")


def _compare_findings(old: pd.DataFrame, new: pd.DataFrame, differ) -> None:
    old, new = old.set_index("finding_id"), new.set_index("finding_id")
    for name in old.index.difference(new.index):
        differ(f"重新运行没有得到问题 {name}({old.at[name, 'rule_id']})。", f"Running again does not give finding {name} ({old.at[name, 'rule_id']}).")
    for name in new.index.difference(old.index):
        differ(f"重新运行多出问题 {name}({new.at[name, 'rule_id']})。", f"Running again gives one more finding, {name} ({new.at[name, 'rule_id']}).")
    for name in old.index.intersection(new.index):
        for column in old.columns:
            if str(old.at[name, column]) != str(new.at[name, column]):
                differ(f"问题 {name} 的“{column}”与重新运行的结果不同。", f"“{column}” of finding {name} is not what running again gives.")
