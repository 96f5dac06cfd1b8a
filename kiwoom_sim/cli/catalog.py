"""Find scenarios, print them, and start new ones: `list`, `show`, `new`."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import (
    Exit,
    console,
    is_terminal,
    put,
    put_json,
    put_json_error,
    talk,
)
from kiwoom_sim.cli.shelf import head_of, put_heads
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.finder import Found, find_scenario, shipped_scenarios
from kiwoom_sim.scenario.groups import GROUPS, rank


def list_scenarios(
    *,
    group: Annotated[str, options.GROUP] = "",
    tag: Annotated[str, options.TAG] = "",
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """List the shipped scenarios in their groups, all or those of a group or with a tag.

    Raises:
        ScenarioError: There is no such group or tag.
    """
    heads = sorted(map(head_of, shipped_scenarios()), key=lambda head: rank(head.group))
    if group:
        _must_be_known("--group", group, GROUPS)
    if tag:
        _must_be_known("--tag", tag, sorted({each for head in heads for each in head.tags}))
    wanted = [h for h in heads if group in {"", h.group} and (not tag or tag in h.tags)]
    if as_json:
        put_json([msgspec.structs.asdict(head) for head in wanted])
        return Exit.OK
    if not wanted:
        talk(say("scenario.none"))
    put_heads(wanted)
    if wanted and is_terminal():
        talk(say("list.next"))
    return Exit.OK


def _must_be_known(option: str, value: str, known: Iterable[str]) -> None:
    from kiwoom_sim.scenario.problems import render, unknown_value

    names = list(known)
    if value not in names:
        raise ScenarioError((render(unknown_value((), option[2:], value, names), option),))


def show(
    scenario: Annotated[str, options.SCENARIO_OR_NONE] = "",
    *,
    schema: Annotated[bool, options.SCHEMA] = False,
    resolved: Annotated[bool, options.RESOLVED] = False,
    assignments: Annotated[list[str] | None, options.SET] = None,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Print a scenario, or the JSON Schema of the format."""
    if schema:
        return _show_schema(as_json=as_json)
    if not scenario:
        if as_json:
            put_json_error("usage", [say("scenario.needed")])
        talk(say("scenario.needed"))
        return Exit.USAGE
    found = find_scenario(scenario)
    announce(found)
    text = found.path.read_text(encoding="utf-8")
    if resolved or assignments:
        from kiwoom_sim.scenario.loader import load_scenario
        from kiwoom_sim.scenario.render import render_scenario
        from kiwoom_sim.scenario.secrets import without_secrets

        loaded = load_scenario(found, overrides=assignments or (), hooks="unread")
        text = render_scenario(without_secrets(loaded))
    if as_json:
        path = str(found.path)
        put_json({"name": found.name, "path": path, "shipped": found.is_shipped, "text": text})
    else:
        _put_toml(text)
    return Exit.OK


def announce(found: Found) -> None:
    """Say so when a shipped scenario stands in for a path that does not exist."""
    if found.instead_of:
        talk(say("scenario.instead", path=found.instead_of, name=found.name))


def _show_schema(*, as_json: bool) -> int:
    text = files("kiwoom_sim.scenario").joinpath("schema.json").read_text(encoding="utf-8")
    if as_json:
        put_json(msgspec.json.decode(text))
    else:
        put(text.rstrip("\n"))
    return Exit.OK


def _put_toml(text: str) -> None:
    if not is_terminal():
        put(text.rstrip("\n"))
        return
    from rich.syntax import Syntax

    console().print(Syntax(text, "toml", theme="ansi_dark", background_color="default"))


def new(
    name: Annotated[str, options.NEW_NAME],
    *,
    template: Annotated[str, options.TEMPLATE] = "normal_market",
    output: Annotated[Path | None, options.OUTPUT] = None,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Start a scenario of your own from a shipped one; never overwrites a file."""
    stem = name.removesuffix(".toml")
    path = output or Path(f"{stem}.toml")
    problem = ""
    if not (stem.isascii() and stem.isidentifier() and stem == stem.lower() and stem[0].isalpha()):
        problem = say("new.name", name=name)
    else:
        problem = _copy(template, path)
    if as_json and problem:
        put_json_error("usage", [problem])
    elif as_json:
        put_json({"path": str(path), "from": template})
    else:
        talk(problem or say("new.made", path=path))
    return Exit.USAGE if problem else Exit.OK


def _copy(template: str, path: Path) -> str:
    """Write a copy of a scenario; return why that cannot be done, or ""."""
    found = find_scenario(template)
    text = found.path.read_text(encoding="utf-8")
    base = tomllib.loads(text).get("extends", "")
    if base and (found.path.parent / str(base)).is_file():
        return say("new.extends", template=template, base=base)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return say("new.exists", path=path)
    except OSError as error:
        return say("new.unwritable", path=path, reason=error.strerror)
    return ""
