"""Hold what a run with a client saw, and tell it in rows of a label and a text.

Not for: judging the client beyond how it ended; test runners read that from `junit.py`.
"""

from typing import Any

from msgspec import Struct

from kiwoom_sim.observe.summary import Rows, seen


class Fate(Struct, frozen=True, kw_only=True):
    """Hold how a client ended.

    Attributes:
        ending: "client" = by itself; "script", "timeout" or "signal" = it was ended.
        code: Its exit code; -N if signal N ended it.
        failed: Whether it crashed, took too long, or left with a code that is not fine.
    """

    ending: str
    code: int
    failed: bool


class Report(Struct, frozen=True, kw_only=True):
    """Hold what a run saw.

    Attributes:
        market_start, market_end: Market time, as ISO 8601 without a zone.
        wire_ms: Wire time at its end.
        command: The client and its arguments.
        timeout_ms: How long it was allowed to take, in real time; None = as long as it liked.
        client: How it ended; None if the simulator broke before.
        counters: As `Metrics.summary` returns them.
        deviations: What was switched on that the real wire does not do.
        broken: What broke the simulator; "" if nothing did.
        replay: Command that runs it again.
    """

    run: str
    scenario: str
    seed: int
    market_start: str
    market_end: str
    wire_ms: int
    command: tuple[str, ...]
    timeout_ms: int | None = None
    client: Fate | None = None
    counters: dict[str, Any] = {}
    deviations: tuple[str, ...] = ()
    broken: str = ""
    replay: str = ""

    @property
    def errors(self) -> str:
        """Return what was wrong with the simulator itself, "" if nothing was."""
        count = self.counters.get("errors", 0)
        told = f"{count} internal errors, in log.txt" if count else ""
        return "; ".join(filter(None, (self.broken, told)))


def rows(report: Report) -> Rows:
    """Return a report as labels and texts."""
    fate = report.client
    return [
        ("scenario", f"{report.scenario}, seed {report.seed}"),
        ("run", report.run),
        ("time", f"{report.wire_ms / 1_000:.3f} s on the wire"),
        ("market", f"{report.market_start} to {report.market_end}"),
        ("client", ended(fate) if fate is not None else "did not end by itself"),
        *seen(report.counters),
        *([("errors", report.errors)] if report.errors else []),
    ]


def ended(fate: Fate) -> str:
    """Return how a client ended, in words."""
    code = f"exit code {fate.code}" if fate.code >= 0 else f"signal {-fate.code}"
    why = {
        "client": code,
        "script": f"ended when the script was over ({code})",
        "timeout": f"took longer than --timeout ({code})",
    }
    told = why.get(fate.ending, f"ended when the run was stopped ({code})")
    return f"failed: {told}" if fate.failed else told
