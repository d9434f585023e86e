"""The description of a package that machines read: a Provenance Run RO-Crate (RO-Crate 1.1, as the Workflow Run profiles 0.5 demand).

It says of every file what it is, which notebook was run on what and left what, and by which workflow; checked in the tests by roc-validator.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from bangfu.package import CASE, INPUTS, PAPERS, PARAMS, RUN, WORKFLOW
from bangfu.package.portable import unportable

README = "README.md"
NAME = "ro-crate-metadata.json"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/provenance/0.5": ("Provenance Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
_PIPELINE = f"{WORKFLOW}/pipeline.py"
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Fixed here, for what a system knows of formats differs from one to the next.
_FORMATS = {
    ".parquet": "application/vnd.apache.parquet", ".ipynb": "application/x-ipynb+json", ".json": "application/json", ".yml": "application/yaml", ".html": "text/html",
    ".pdf": "application/pdf", ".docx": f"{_OFFICE}.wordprocessingml.document", ".xlsx": f"{_OFFICE}.spreadsheetml.sheet", ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv", ".md": "text/markdown", ".py": "text/x-python", ".css": "text/css", ".toml": "application/toml", ".txt": "text/plain", ".lock": "text/plain", ".sha256": "text/plain",
}  # fmt: skip


def write_crate(data: Path, record: dict, told: dict) -> None:
    """Describes the payload in a folder. record: the run's record; told: `title`, `description` and `licence` of the package, in words."""
    _Crate(data, record, told).write()


class _Crate:
    """The crate of one package in the making."""

    def __init__(self, data: Path, record: dict, told: dict):
        from rocrate.rocrate import ROCrate

        self.data, self.record = data, record
        self.crate = ROCrate(version="1.1")
        root = self.crate.root_dataset
        root["name"], root["description"], root["license"] = told["title"], told["description"], told["licence"]
        root["datePublished"] = record["finished at"]
        root["identifier"] = record["run"]
        root["conformsTo"] = [self._thing(uri, "CreativeWork", name=name, version=version) for uri, (name, version) in _PROFILES.items()]
        self.crate.metadata["conformsTo"] = [{"@id": "https://w3id.org/ro/crate/1.1"}, {"@id": "https://w3id.org/workflowhub/workflow-ro-crate/1.0"}]

    def write(self) -> None:
        self.files = {name: self._file(name) for name in sorted(p.relative_to(self.data).as_posix() for p in self.data.rglob("*") if p.is_file())}
        workflow = self.crate.dereference(_PIPELINE)
        self.crate.root_dataset["mainEntity"] = workflow
        taken = self._inputs()
        tools = {n: self.files[f"{WORKFLOW}/notebooks/{n}.ipynb"] for n in self.record["notebooks"]}
        parameters = [
            self._parameter("raw", "原始文件 / raw files", "File", taken["raw"]),
            self._parameter("params", "县参数、政策包、评分卡 / county params, policy pack, scorecard", "File", taken["params"]),
            self._parameter("year", "年度 / year", "Integer", taken["year"]),
        ]
        left = self._left()
        reports = self._parameter("reports", "疑点、报告和底稿 / findings, reports and papers", "File", left)
        workflow["input"], workflow["output"] = [p for p in parameters if p], reports
        workflow["hasPart"] = _one_or_all(list(tools.values()))
        actions = [self._action("#run", self.record["name"], workflow, [*taken["raw"], *taken["params"], *taken["year"]], left)]
        for name, tool in tools.items():
            actions.append(self._action(f"#run-{name}", name, tool, [*taken["params"], *taken["year"]], [f for n, f in self.files.items() if n.startswith(f"{RUN}/{name}.")]))
        self.crate.root_dataset["mentions"] = actions
        content = json.dumps(self.crate.metadata.generate(), ensure_ascii=False, indent=1, sort_keys=True)
        (self.data / NAME).write_bytes(content.encode())

    def _file(self, name: str):
        path = self.data / name
        kind = path.suffix.lower()
        told = {"name": unportable(path.name), "contentSize": str(path.stat().st_size)}
        told["encodingFormat"] = _FORMATS.get(kind, "application/octet-stream")
        if name == _PIPELINE or name.startswith(f"{WORKFLOW}/notebooks/"):
            python = self._thing("https://www.python.org/", "ComputerLanguage", name="Python", url="https://www.python.org/", version=self.record["versions"].get("python"))
            told |= {"programmingLanguage": {"@id": python.id}, "version": f"{self.record['versions']['bangfu']}+{self.record['code'][:12]}"}
            told["@type"] = ["File", "SoftwareSourceCode", *(["ComputationalWorkflow"] if name == _PIPELINE else [])]
        if name == README:
            told["about"] = {"@id": "./"}
        return self.crate.add_file(path, name, properties=told)

    def _inputs(self) -> dict[str, list]:
        """The raw files (by their digests where they do not travel), the params, the year."""
        travelling = [f for n, f in self.files.items() if n.startswith(f"{INPUTS}/")]
        raw = travelling or [
            self._thing(f"#raw-{number}", "PropertyValue", name=name, propertyID="sha256", value=digest) for number, (name, digest) in enumerate(self.record["inputs"].items(), start=1)
        ]
        params = [f for n, f in self.files.items() if n.startswith(f"{PARAMS}/")]
        return {"raw": raw, "params": params, "year": [self._thing("#year", "PropertyValue", name="year", value=str(self.record["year"]))]}

    def _left(self) -> list:
        return [f for n, f in self.files.items() if n.startswith((f"{RUN}/", f"{CASE}/", f"{PAPERS}/"))]

    def _parameter(self, key: str, name: str, kind: str, examples: Iterable):
        examples = list(examples)
        if not examples:
            return None
        if kind == "File" and any(e.type == "PropertyValue" for e in examples):
            kind = "Text"
        found = self._thing(f"#parameter-{key}", "FormalParameter", name=name, additionalType=kind, workExample=_one_or_all(examples))
        for example in examples:
            example["exampleOfWork"] = found
        return found

    def _action(self, key: str, name: str, instrument, taken: list, left: list):
        who = self.record["signed by"]
        agent = self._thing(f"#signer-{who}", "Person", name=f"Ed25519 {who}") if who else None
        told = {"object": taken, "result": left, "agent": agent, "endTime": self.record["finished at"], "actionStatus": "http://schema.org/CompletedActionStatus"}
        return self._thing(key, "CreateAction", name=name, description=f"{instrument['name']}: {self.record['county']} {self.record['year']}", instrument=instrument, **told)

    def _thing(self, key: str, kind: str, **properties):
        from rocrate.model.contextentity import ContextEntity

        found = self.crate.dereference(key)
        if found is None:
            found = self.crate.add(ContextEntity(self.crate, key, properties={"@type": kind}))
            for name, value in properties.items():
                if value is not None:
                    found[name] = value
        return found


def _one_or_all(found: list):
    """One thing stands by itself, several in a list, as RO-Crate 1.1 recommends."""
    return found[0] if len(found) == 1 else found
