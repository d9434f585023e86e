"""What is wrong with a command as it was typed, in a sentence."""

import re

import typer

from bangfu.problems import Sentence, did_you_mean

# Typer carries Click inside itself or beside itself, by its version; its own name for one of the errors leads to the others.
UsageError = typer.BadParameter.__mro__[1]


def sentence(error: UsageError, argv: list[str]) -> Sentence:
    """The mistake in a command line `argv`; the program's help is the hint where nothing nearer is known."""
    kind, command = type(error).__name__, error.ctx.command_path if error.ctx else "bangfu"
    see_zh, see_en = f"请看 {command} --help。", f"see {command} --help."
    if kind == "NoSuchOption":
        known = [o for p in error.ctx.command.params for o in p.opts] + ["--help"] if error.ctx else ["--help"]
        zh, en = did_you_mean(error.option_name, known)
        return Sentence(f"没有选项“{error.option_name}”{zh}", f"No option “{error.option_name}”{en}")
    if kind == "MissingParameter":
        name = _name(error.param)
        return Sentence(f"缺少 {name},{see_zh}", f"{name} is missing; {see_en}")
    if kind == "BadOptionUsage":
        return Sentence(f"选项 {error.option_name} 后面缺少它的值或多了值,{see_zh}", f"Option {error.option_name} lacks its value or has one too many; {see_en}")
    if kind == "BadParameter":
        name, accepted = _name(error.param), _whole_number(error.param)
        given = next((word.partition("=")[2] or after for word, after in zip(argv, [*argv[1:], ""], strict=True) if word.partition("=")[0] in error.param.opts), "")
        return Sentence(f"{name} 的值“{given}”不对,应为{accepted[0]}。", f"{name} is “{given}” but must be {accepted[1]}.")
    unknown = re.match(r"No such command '(.*?)'", error.message)
    if unknown:
        zh, en = did_you_mean(unknown.group(1), error.ctx.command.list_commands(error.ctx))
        return Sentence(f"没有命令“{unknown.group(1)}”{zh}", f"No command “{unknown.group(1)}”{en}")
    extra = re.search(r"\(([^()]*)\)$", error.message)
    return Sentence(f"命令写法不对{'(多出 ' + extra.group(1) + ')' if extra else ''},{see_zh}", f"The command is not understood{' (' + extra.group(1) + ')' if extra else ''}; {see_en}")


def _name(param) -> str:
    return max(param.opts, key=len) if param.param_type_name == "option" else (param.metavar or param.name.upper()).rstrip(".")


def _whole_number(param) -> tuple[str, str]:
    """What an option accepts: those that can be of a wrong kind are whole numbers."""
    low = getattr(param, "min", None)
    return ("整数", "a whole number") if low is None else (f"不小于{low}的整数", f"a whole number of at least {low}")
