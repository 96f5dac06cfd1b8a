"""Know every verb, load the one that was asked for, and turn errors into exit codes.

A verb is a function with keyword parameters that returns an exit code (`output.Exit`). Its
parameters are `Annotated[type, options.Described(...)]`. Modules of verbs are loaded when they are
asked for; `list` and `version` without further options do not even load Typer.
"""

import functools
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, is_terminal, put_json_error, settle_streams, talk
from kiwoom_sim.errors import CatalogError, KiwoomSimError, ScenarioError, StartError

if TYPE_CHECKING:
    import typer

Verb = Callable[..., int]

VERBS = {
    "run": "kiwoom_sim.cli.run:command",
    "up": "kiwoom_sim.cli.up:command",
    "status": "kiwoom_sim.cli.status:command",
    "logs": "kiwoom_sim.cli.logs:command",
    "down": "kiwoom_sim.cli.down:command",
    "list": "kiwoom_sim.cli.catalog:list_scenarios",
    "show": "kiwoom_sim.cli.catalog:show",
    "validate": "kiwoom_sim.cli.check:command",
    "new": "kiwoom_sim.cli.catalog:new",
    "kit": "kiwoom_sim.cli.kit:command",
    "apis": "kiwoom_sim.cli.apis:command",
    "call": "kiwoom_sim.cli.call:command",
    "replay": "kiwoom_sim.cli.replay:command",
    "cert": "kiwoom_sim.cli.cert:command",
    "journal": "kiwoom_sim.cli.journal:command",
    "why": "kiwoom_sim.cli.why:command",
    "doctor": "kiwoom_sim.cli.doctor:command",
    "version": "kiwoom_sim.cli.version:command",
}
"""Every verb and the function behind it, in the order of the help."""

_QUICK = {"list": "list", "version": "version", "--version": "version", "-V": "version"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        arguments: What follows the program's name; None = the process's own.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    settle_streams()
    try:
        code = _dispatch(given)
        sys.stdout.flush()
    except KiwoomSimError as error:
        ours = given[: given.index("--")] if "--" in given else given
        return _report(error, as_json="--json" in ours)
    except KeyboardInterrupt:
        talk(say("error.interrupted"))
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read stdout has gone; nothing may be written there at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except Exception:  # noqa: BLE001 - the outermost door: told with traceback, never swallowed
        talk(traceback.format_exc())
        talk(say("error.internal"))
        return Exit.INTERNAL
    return code


def _dispatch(given: list[str]) -> int:
    quick = _QUICK.get(given[0]) if given else None
    if quick is not None and set(given[1:]) <= {"--json"}:
        return load_verb(quick)(as_json="--json" in given)
    app = build_app(next((word for word in given if not word.startswith("-")), ""))
    try:
        app(args=given, prog_name="kiwoom-sim")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK
    return Exit.OK


def _report(error: KiwoomSimError, *, as_json: bool) -> int:
    problems = error.problems if isinstance(error, ScenarioError) else (str(error),)
    if as_json:
        put_json_error(type(error).__name__, problems)
    else:
        for problem in problems:
            talk(problem)
    if isinstance(error, StartError):
        return Exit.CANNOT_START
    return Exit.INTERNAL if isinstance(error, CatalogError) else Exit.USAGE


def load_verb(name: str) -> Verb:
    """Return the function behind a verb, loading its module."""
    module, _, attribute = VERBS[name].partition(":")
    verb: Verb = getattr(import_module(module), attribute)
    return verb


def build_app(wanted: str | None = None) -> "typer.Typer":
    """Return the Typer application.

    Args:
        wanted: The verb that will run; the others are only listed. None loads them all.
    """
    if not is_terminal():
        os.environ.setdefault("_TYPER_FORCE_DISABLE_TERMINAL", "1")
    import typer

    app = typer.Typer(
        help=say("help"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if is_terminal() else None,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    for name in VERBS:
        is_wanted = wanted is None or wanted == name
        function = _for_typer(load_verb(name)) if is_wanted else _listed
        app.command(name, help=say(f"help.{name}"))(function)
    app.callback()(_root)
    return app


def _listed() -> None:
    """Stand for a verb that is only listed."""


def _root() -> None:
    """Stand for the program itself."""


def _for_typer(verb: Verb) -> Callable[..., None]:
    """Return a function that Typer understands and that exits with the verb's code."""

    @functools.wraps(verb)
    def run(*args: Any, **rest: Any) -> None:
        raise SystemExit(verb(*args, **rest))

    hints = get_type_hints(verb, include_extras=True)
    signature = inspect.signature(verb)
    parameters = [
        parameter.replace(annotation=_annotation(hints[parameter.name]))
        for parameter in signature.parameters.values()
    ]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # Typer reads it
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _annotation(hint: Any) -> Any:
    """Return a type hint in which our own description of an option is Typer's."""
    if get_origin(hint) is not Annotated:
        return hint
    plain, *marks = get_args(hint)
    made = [mark.for_typer() if hasattr(mark, "for_typer") else mark for mark in marks]
    return Annotated[(plain, *made)]
