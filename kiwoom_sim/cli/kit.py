"""List, show, add and export kits, which are collections of scenarios: `kit`."""

from pathlib import Path
from typing import Annotated, Any

import msgspec

from kiwoom_sim.cli import options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, put_table, talk
from kiwoom_sim.cli.shelf import Head, head_of, put_heads
from kiwoom_sim.errors import KitError
from kiwoom_sim.kit import shelf
from kiwoom_sim.kit.check import Kit, read_kit
from kiwoom_sim.kit.manifest import Manifest
from kiwoom_sim.kit.shelf import Shelved
from kiwoom_sim.scenario.groups import rank
from kiwoom_sim.scenario.kits import kits_home
from kiwoom_sim.scenario.problems import render, unknown_value
from kiwoom_sim.scenario.schema import Scenario

ACTION = options.Described(metavar="ACTION", help="list, show, add or export.", show_default=False)
KIT = options.Described(
    metavar="[KIT]", show_default=False,
    help="Name of a kit, or a directory, .zip or .tar.gz; `list` needs none.",
)  # fmt: skip
OUTPUT = options.Described(
    "--output", "-o", metavar="FILE", show_default=False,
    help="Archive that `export` writes; default: NAME-VERSION.tar.gz.",
)  # fmt: skip


def command(
    action: Annotated[str, ACTION],
    kit: Annotated[str, KIT] = "",
    *,
    output: Annotated[Path | None, OUTPUT] = None,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Do something with kits.

    Raises:
        KitError: There is no such action or kit, or the kit cannot be used.
    """
    actions = {"list": _list, "show": _show, "add": _add, "export": _export}
    if action not in actions:
        raise KitError((render(unknown_value((), "action", action, actions), "kit"),))
    if action == "list":
        return _list(as_json=as_json)
    if not kit:
        raise KitError((say("kit.needed", action=action),))
    if action == "show":
        return _show(kit, as_json=as_json)
    if action == "add":
        return _add(kit, as_json=as_json)
    return _export(kit, output, as_json=as_json)


def _list(*, as_json: bool) -> int:
    kits, problems = shelf.shelved_kits()
    if as_json:
        put_json([_shown(each.manifest, each.path, len(each.scenarios)) for each in kits])
    else:
        rows = [_row(each) for each in kits]
        put_table(("kit", "version", "scenarios", "what it is", "author"), rows)
    for problem in problems:
        talk(problem)
    if len(kits) == 1 and not problems:
        talk(say("kit.none", path=kits_home()))
    return Exit.USAGE if problems else Exit.OK


def _row(kit: Shelved) -> tuple[str, ...]:
    said = kit.manifest
    return said.name, said.version, str(len(kit.scenarios)), said.description, said.author


def _show(name: str, *, as_json: bool) -> int:
    """Print a kit at hand, or one that could be added."""
    kit = None if Path(name).exists() else shelf.find_kit(name)
    path = Path(name) if kit is None else kit.path
    if path is None:
        kit = shelf.shipped_kit()
        manifest, heads = kit.manifest, [head_of(each) for each in kit.scenarios]
    else:
        read = _read(name) if kit is None else read_kit(path)
        prefix = "" if kit is None else f"{read.manifest.name}/"
        manifest = read.manifest
        heads = [_head(path, prefix + each, found) for each, found in read.scenarios.items()]
    heads.sort(key=lambda head: rank(head.group))
    if as_json:
        put_json({**_shown(manifest, path, len(heads)), "scenarios": heads})
        return Exit.OK
    put(f"{manifest.name} {manifest.version}  {manifest.description}".rstrip())
    put(say("kit.author", author=manifest.author))
    if manifest.requires.kiwoom_sim:
        put(say("kit.release", release=manifest.requires.kiwoom_sim))
    if manifest.requires.hooks:
        put(say("kit.hooks", hooks=", ".join(manifest.requires.hooks)))
    put("")
    put_heads(heads)
    return Exit.OK


def _read(name: str) -> Kit:
    if not Path(name).exists():
        close = shelf.nearest_kit(name)
        guess = "\n" + say("apis.guess", api=close) if close else ""
        raise KitError((say("kit.unknown", name=name) + guess,))
    return read_kit(Path(name))


def _head(path: Path, name: str, scenario: Scenario) -> Head:
    return Head(
        name=name, group=scenario.group or "", description=scenario.description,
        tags=scenario.tags, path=str(path),
    )  # fmt: skip


def _add(source: str, *, as_json: bool) -> int:
    kit, place = shelf.install(Path(source))
    manifest = kit.manifest
    if as_json:
        put_json(_shown(manifest, place, len(kit.scenarios)))
        return Exit.OK
    first = f"{manifest.name}/{next(iter(kit.scenarios))}"
    count = len(kit.scenarios)
    talk(say("kit.added", name=manifest.name, version=manifest.version, count=count, path=place))
    if manifest.requires.hooks:
        talk(say("kit.hooks", hooks=", ".join(manifest.requires.hooks)))
    talk(say("kit.run", name=first))
    return Exit.OK


def _export(name: str, output: Path | None, *, as_json: bool) -> int:
    """Write the archive of a directory, or of an installed kit."""
    kit = None if Path(name).exists() else shelf.find_kit(name)
    if kit is None and not Path(name).exists():
        _read(name)
    if kit is not None and kit.path is None:
        raise KitError((say("kit.shipped"),))
    source = Path(name) if kit is None or kit.path is None else kit.path
    made, place = shelf.export(source, output)
    if as_json:
        put_json(_shown(made.manifest, place, len(made.scenarios)))
    else:
        talk(say("kit.exported", path=place, count=len(made.scenarios)))
    return Exit.OK


def _shown(manifest: Manifest, path: Path | None, count: int) -> dict[str, Any]:
    """Return what --json tells of a kit."""
    told: dict[str, Any] = msgspec.to_builtins(manifest)
    del told["schema"]
    return {**told, "path": None if path is None else str(path), "count": count}
