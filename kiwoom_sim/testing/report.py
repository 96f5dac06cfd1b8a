"""Tell what a reader of a failed test wants to know of its simulator."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiwoom_sim.observe.summary import pairs, seen, text
from kiwoom_sim.testing.choice import Choice

if TYPE_CHECKING:
    from kiwoom_sim.testing.background import BackgroundSimulator

TITLE = "kiwoom-sim"

Shown = tuple["BackgroundSimulator", Choice]


def describe_all(shown: Sequence[Shown], test: str) -> list[str]:
    """Return the sections that a failure gets, one for each simulator.

    Args:
        shown: Simulators of the test and what they run; they may have ended.
        test: Id of the test in pytest.
    """
    seeds = {simulator.running.scenario.seed for simulator, _ in shown}
    again = ["pytest", test, *dict.fromkeys(flag for _, choice in shown for flag in choice.flags)]
    if len(seeds) == 1:  # the flag sets the seed of all
        again += ["--kiwoom-seed", str(*seeds)]
    return [describe(simulator, choice, shlex.join(again)) for simulator, choice in shown]


def describe(simulator: "BackgroundSimulator", choice: Choice, again: str) -> str:
    """Return what ran, what happened, and how to see it again."""
    running = simulator.running
    market = simulator.market_time.isoformat(" ", "milliseconds")
    lines = [
        ("scenario", f"{choice.scenario}, seed {running.scenario.seed}"),
        ("changed", pairs(choice.overrides, " = ")),
        ("time", f"{simulator.wire_ms} ms of the run, {market} in the market"),
        *seen(running.simulation.parts.metrics.summary()),
        ("again", again),
    ]
    if running.directory is not None:
        lines.append(("replay", shlex.join(["kiwoom-sim", "replay", str(running.directory.path)])))
    return text((label, told) for label, told in lines if told)
