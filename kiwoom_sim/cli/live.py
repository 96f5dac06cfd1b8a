"""Show a run while it runs: a live table on a terminal, a line now and then elsewhere."""

import asyncio
from typing import TYPE_CHECKING

from kiwoom_sim.app import Running
from kiwoom_sim.cli.output import talk
from kiwoom_sim.core.clock import datetime_from_moment

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

REFRESH_S = 0.5
LINE_EVERY_S = 10.0


class View:
    """Turn the counters of a run into text; rates are counted between two looks."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._requests = 0
        self._frames = 0
        self._wire_ms = 0

    def look(self) -> dict[str, str]:
        """Return what to show, by label."""
        simulation, live = self._running.simulation, self._running.live
        metrics, parts = simulation.parts.metrics, simulation.parts
        wire_ms = live.now_ms()
        passed_s = max(wire_ms - self._wire_ms, 1) / 1_000
        requests, frames = metrics.request_count, metrics.frames
        phase = parts.faults.phases.at(wire_ms)
        faults = ", ".join(
            f"{rule} {count}" for (rule, _), count in sorted(metrics.faults.items()) if count
        )
        refusals = ", ".join(f"{code} {n}" for code, n in sorted(metrics.refusals.items()))
        market = datetime_from_moment(parts.world.clock.at(wire_ms))
        shown = {
            "market time": market.isoformat(sep=" ", timespec="seconds"),
            "phase": phase.id if phase else "-",
            "requests": f"{requests}  ({(requests - self._requests) / passed_s:.1f}/s)",
            "connections": str(metrics.connections),
            "frames": f"{frames}  ({(frames - self._frames) / passed_s:.1f}/s)",
            "refusals": refusals or "-",
            "faults": faults or "-",
        }
        self._requests, self._frames, self._wire_ms = requests, frames, wire_ms
        return shown


async def show_lines(running: Running, every_s: float = LINE_EVERY_S) -> None:
    """Write a line of talk every now and then, until cancelled."""
    view = View(running)
    while True:
        await asyncio.sleep(every_s)
        talk(" · ".join(f"{label} {text}" for label, text in view.look().items()))


async def show_table(running: Running, console: "Console | None" = None) -> None:
    """Keep a table on the terminal up to date, until cancelled."""
    from rich.console import Console
    from rich.live import Live

    view = View(running)
    screen = Live(console=console or Console(stderr=True), auto_refresh=False, transient=True)
    with screen:
        screen.update(_table(view.look()), refresh=True)
        while True:
            await asyncio.sleep(REFRESH_S)
            screen.update(_table(view.look()), refresh=True)


def _table(shown: dict[str, str]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for label, text in shown.items():
        table.add_row(Text(label, style="dim"), Text(text, style="bold"))
    return table
