"""Reading a file of params: YAML in which every mistake is a sentence that names file, key and what is accepted."""

from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from bangfu.problems import Sentence, WrongParams, did_you_mean


class _NoDuplicates(yaml.CSafeLoader):
    """YAML in which a key given twice is an error, not a silent choice."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen and isinstance(key, yaml.ScalarNode):
                raise _Twice(key.value, key.start_mark.line + 1)
            if isinstance(key, yaml.ScalarNode):
                seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Twice(Exception):
    """A key is given twice: (key, line)."""


def read_yaml(path: Path) -> dict[str, Any]:
    """The keys and values of a file; WrongParams with one sentence where it cannot be read."""
    name = path.name
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_NoDuplicates)
    except FileNotFoundError:
        raise WrongParams.of(f"找不到参数文件 {name},请检查路径。", f"No params file {name}; check its path.") from None
    except IsADirectoryError:
        raise WrongParams.of(f"{name} 是文件夹,请给出其中的 .yml 文件。", f"{name} is a folder; name a .yml file in it.") from None
    except OSError as wrong:
        raise WrongParams.of(f"参数文件 {name} 打不开({wrong.strerror}),请检查路径和权限。", f"Params file {name} cannot be opened ({wrong.strerror}); check its path and permissions.") from None
    except UnicodeDecodeError:
        raise WrongParams.of(f"参数文件 {name} 不是UTF-8编码,请另存为UTF-8。", f"Params file {name} is not UTF-8; save it as UTF-8.") from None
    except _Twice as wrong:
        key, line = wrong.args
        raise WrongParams.of(f"参数文件 {name} 第{line}行:键“{key}”写了两次,请删去一个。", f"Params file {name}, line {line}: key “{key}” is given twice; remove one.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        line = getattr(getattr(wrong, "problem_mark", None), "line", None)
        at = (f"第{line + 1}行", f" near line {line + 1}") if line is not None else ("", "")
        raise WrongParams.of(
            f"参数文件 {name} {at[0]}不是正确的YAML,请检查缩进、冒号、引号和日期。", f"Params file {name} is no valid YAML{at[1]}; check indentation, colons, quotes and dates."
        ) from None
    if not isinstance(content, dict):
        raise WrongParams.of(f"参数文件 {name} 应由“key: value”组成,请对照 params/counties/README.md。", f"Params file {name} must consist of keys and values; see params/counties/README.md.")
    return {str(k): v for k, v in content.items()}


def checked(model: type[BaseModel], content: dict[str, Any], file: str):
    """The content as the model; WrongParams with a sentence for each mistake in it."""
    try:
        return model.model_validate(content)
    except ValidationError as wrong:
        raise WrongParams.all(_sentence(file, e, model) for e in wrong.errors()) from None


def shortened(value: Any) -> str:
    """A value as a sentence can show it."""
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


_EXPECTED = {
    "string_type": ("文字(数字请加引号)", "text (put numbers in quotes)"),
    "string_too_short": ("不为空的文字", "text that is not empty"),
    "dict_type": ("“key: value”的对照", "keys and values"),
    "list_type": ("列表,如 [甲, 乙]", "a list such as [a, b]"),
    "model_type": ("“key: value”的对照", "keys and values"),
    "amount": ("金额,如 12000 或 1.2万元", "an amount such as 12000"),
    "date_type": ("日期,如 2019-12-31", "a date such as 2019-12-31"),
    "date_from_datetime_parsing": ("日期,如 2019-12-31", "a date such as 2019-12-31"),
    "date_from_datetime_inexact": ("日期,如 2019-12-31", "a date such as 2019-12-31"),
    "date_parsing": ("日期,如 2019-12-31", "a date such as 2019-12-31"),
    "string_pattern_mismatch": ("binding 或 reference", "binding or reference"),
}


def _sentence(file: str, e: dict, model: type[BaseModel]) -> Sentence:
    key = _key(e["loc"])
    if e["loc"][-1] == "[key]":
        return Sentence(f"{file}:键“{key}”应为文字,请加引号。", f"{file}: key “{key}” must be text; put it in quotes.")
    if e["type"] == "extra_forbidden":
        zh, en = did_you_mean(str(e["loc"][-1]), _fields(model, e["loc"][:-1]))
        return Sentence(f"{file}:不认识的键“{key}”{zh}", f"{file}: unknown key “{key}”{en}")
    if e["type"] == "missing":
        return Sentence(f"{file}:缺少键“{key}”,请补上。", f"{file}: key “{key}” is missing; add it.")
    if key == "code":
        return Sentence(f'{file}:code 应为加引号的六位县代码,如 "999001"。', f'{file}: code must be six digits in quotes, such as "999001".')
    expected = _EXPECTED.get(e["type"], ("另一种值", e["msg"]))
    return Sentence(f"{file}:键“{key}”的值“{shortened(e['input'])}”不对,应为{expected[0]}。", f"{file}: key “{key}” is “{shortened(e['input'])}” but must be {expected[1]}.")


def _key(loc: tuple) -> str:
    """`exemptions[1].reason`: the first exemption is number 1 to people."""
    parts = [f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in loc if p != "[key]"]
    return "".join(parts).removeprefix(".")


def _fields(model: type[BaseModel], loc: tuple) -> list[str]:
    """The keys accepted at a place of the file."""
    for name in loc:
        field = model.model_fields.get(str(name))
        if field:
            inner = next((a for a in get_args(field.annotation) if isinstance(a, type) and issubclass(a, BaseModel)), None)
            model = inner or model
    return [f.alias or n for n, f in model.model_fields.items()]
