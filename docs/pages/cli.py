"""Make the command reference from the verbs and the descriptions of their options."""

import inspect
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Struct

from docs.pages.markdown import Language, code, page_of, table, words
from kiwoom_sim.cli.main import VERBS, load_verb
from kiwoom_sim.cli.messages import TABLE
from kiwoom_sim.cli.options import Described

_PLACES: dict[Language, int] = {"en": 0, "ko": 1}


class Parameter(Struct, frozen=True, kw_only=True):
    """Hold what a reader has to know about one argument or option.

    Attributes:
        names: Names on the command line; none = a positional argument.
        metavar: What its value is called; "" for a flag.
    """

    names: tuple[str, ...]
    metavar: str
    required: bool
    repeatable: bool
    default: str
    variable: str
    meaning: str


def parameters(verb: str) -> Iterator[Parameter]:
    """Yield the arguments and options of a verb, in order."""
    function = load_verb(verb)
    hints = get_type_hints(function, include_extras=True)
    for parameter in inspect.signature(function).parameters.values():
        hint = hints[parameter.name]
        if get_origin(hint) is not Annotated:
            continue
        plain, *marks = get_args(hint)
        described = next(mark for mark in marks if isinstance(mark, Described))
        yield _parameter(plain, parameter, described)


def _parameter(plain: Any, parameter: inspect.Parameter, described: Described) -> Parameter:
    kinds = [kind for kind in (get_args(plain) or (plain,)) if kind is not type(None)]
    repeatable = any(get_origin(kind) is list or kind is list for kind in (plain, *kinds))
    is_flag = kinds == [bool]
    required = parameter.default is inspect.Parameter.empty
    shown = described.settings.get("show_default", True)
    default = "" if required or not shown or not parameter.default else str(parameter.default)
    metavar = "" if is_flag else _metavar(kinds, parameter.name, described)
    return Parameter(
        names=described.names,
        metavar=metavar,
        required=required,
        repeatable=repeatable,
        default=default,
        variable=str(described.settings.get("envvar") or ""),
        meaning=str(described.settings.get("help", "")),
    )


def _metavar(kinds: list[Any], name: str, described: Described) -> str:
    named = described.settings.get("metavar")
    if named or not described.names:
        return str(named or name.upper())
    return {int: "NUMBER", float: "NUMBER"}.get(kinds[0], "TEXT")


def page(language: Language) -> str:
    """Return the page in a language."""
    known = words(language)["cli"]
    lines = [*known["intro"].splitlines(), ""]
    for verb in VERBS:
        found = list(parameters(verb))
        lines += [f"## `{verb}`", "", TABLE[f"help.{verb}"][_PLACES[language]], ""]
        lines += ["```text", _usage(verb, found), "```", ""]
        if found:
            lines += table(known["head"], (_row(parameter, known) for parameter in found))
    return page_of(language, lines)


def _usage(verb: str, found: list[Parameter]) -> str:
    """Return how a verb is called."""
    optional = ["[OPTIONS]"] if any(parameter.names for parameter in found) else []
    positional = [
        parameter.metavar if parameter.required else f"[{parameter.metavar}]"
        for parameter in found
        if not parameter.names
    ]
    return " ".join(["kiwoom-sim", verb, *optional, *positional])


def _row(parameter: Parameter, known: dict[str, str]) -> tuple[str, str, str]:
    names = parameter.names or (parameter.metavar,)
    value = parameter.metavar if parameter.names else ""
    shown = ", ".join(code(f"{name} {value}".strip()) for name in names)
    default = f"**{known['required']}**" if parameter.required else code(parameter.default)
    more = [parameter.meaning]
    if parameter.repeatable:
        more.append(f"({known['repeatable']})")
    if parameter.variable:
        more.append(f"({known['variable'].format(code(parameter.variable))})")
    return shown, default, " ".join(filter(None, more))
