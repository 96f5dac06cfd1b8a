"""Find scenarios, print them, and start new ones: `list`, `show`, `new`."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

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
    put_table,
    talk,
)
from kiwoom_sim.scenario.finder import Found, find_scenario, shipped_scenarios


def list_scenarios(
    *,
    tag: Annotated[str, options.TAG] = "",
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """List the shipped scenarios, all or those with a tag."""
    entries = [_entry(found) for found in shipped_scenarios()]
    entries = [entry for entry in entries if not tag or tag in entry["tags"]]
    if as_json:
        put_json(entries)
        return Exit.OK
    if not entries:
        talk(say("scenario.none", tag=tag))
    rows = [(e["name"], e["description"], ", ".join(e["tags"])) for e in entries]
    put_table(("scenario", "what it does", "tags"), rows)
    return Exit.OK


def _entry(found: Found) -> dict[str, Any]:
    """Return the head of a shipped scenario; the full loader would cost a start-up each time."""
    head = tomllib.loads(found.path.read_text(encoding="utf-8"))
    return {
        "name": found.name,
        "description": head.get("description", ""),
        "tags": head.get("tags", []),
        "path": str(found.path),
    }


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

        loaded = load_scenario(found, overrides=assignments or ())
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
        text = find_scenario(template).path.read_text(encoding="utf-8")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            problem = say("new.exists", path=path)
        except OSError as error:
            problem = say("new.unwritable", path=path, reason=error.strerror)
    if as_json and problem:
        put_json_error("usage", [problem])
    elif as_json:
        put_json({"path": str(path), "from": template})
    else:
        talk(problem or say("new.made", path=path))
    return Exit.USAGE if problem else Exit.OK
