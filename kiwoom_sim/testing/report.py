"""Tell what a reader of a failed test wants to know of its simulator."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

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
    metrics = running.simulation.parts.metrics
    market = simulator.market_time.isoformat(" ", "milliseconds")
    lines = [
        ("scenario", f"{choice.scenario}, seed {running.scenario.seed}"),
        ("changed", _pairs(choice.overrides, " = ")),
        ("time", f"{simulator.wire_ms} ms of the run, {market} in the market"),
        ("requests", f"{metrics.request_count} {_bracketed(metrics.requests)}"),
        ("refused", _pairs(metrics.refusals)),
        ("faults", _pairs(simulator.faults()) or "none injected"),
        ("again", again),
    ]
    if running.directory is not None:
        lines.append(("replay", shlex.join(["kiwoom-sim", "replay", str(running.directory.path)])))
    return "\n".join(f"{name:10}{text.strip()}" for name, text in lines if text)


def _pairs(counts: Mapping[str, object], between: str = " ") -> str:
    return ", ".join(f"{name or '-'}{between}{value}" for name, value in sorted(counts.items()))


def _bracketed(counts: Mapping[str, object]) -> str:
    return f"({_pairs(counts)})" if counts else ""
