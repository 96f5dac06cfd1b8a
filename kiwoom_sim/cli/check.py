"""Check scenarios without running them: `validate`."""

from typing import Annotated

from kiwoom_sim.cli import options
from kiwoom_sim.cli.catalog import announce
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, put_json_error, talk
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.finder import find_scenario
from kiwoom_sim.scenario.hooks import HookUse
from kiwoom_sim.scenario.loader import check_strictly, load_scenario


def command(
    scenarios: Annotated[list[str], options.SCENARIOS],
    *,
    assignments: Annotated[list[str] | None, options.SET] = None,
    allow_hooks: Annotated[bool, options.ALLOW_HOOKS] = False,
    strict: Annotated[bool, options.STRICT] = False,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Check scenarios and tell every problem."""
    hooks: HookUse | None = "allowed" if allow_hooks else None
    good: list[str] = []
    problems: list[str] = []
    for source in scenarios:
        try:
            found = find_scenario(source)
            announce(found)
            load_scenario(found, overrides=assignments or (), hooks=hooks)
            never: tuple[str, ...] = ()
            if strict:
                never = check_strictly(found, overrides=assignments or (), hooks=hooks)
            problems += never
            if not never:
                good.append(found.shown)
        except ScenarioError as error:
            problems += error.problems
    if as_json and problems:
        put_json_error("scenario", problems)
    elif as_json:
        put_json([{"path": path} for path in good])
    else:
        for path in good:
            put(say("scenario.good", path=path))
        for problem in problems:
            talk(problem)
        if problems:
            talk(say("scenario.bad", count=len(problems)))
    return Exit.USAGE if problems else Exit.OK
