"""Run a recorded run again and say whether it made the same bytes.

The trace goes through a fresh simulation exactly as its records came in; nothing waits and no
socket is opened.
"""

from itertools import zip_longest
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe.lane import lane_files
from kiwoom_sim.observe.run_directory import Digests, RunDirectory
from kiwoom_sim.observe.trace import read_trace
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.hooks import HookUse
from kiwoom_sim.scenario.loader import load_scenario

FLUSH_EVERY = 1_000
LANES = ("rest", "ws", "events")


class Comparison(Struct, frozen=True, kw_only=True):
    """Hold what a replay showed.

    Attributes:
        compared: Whether there was something to compare with; a run that has not ended wrote no
            digests.
        records: Number of records that were fed.
        digests: What the replay made.
        differing: Names of the digests that differ.
        first: Where the journals part, "" if they do not.
    """

    compared: bool = True
    records: int
    digests: Digests
    differing: tuple[str, ...]
    first: str = ""


def replay(recorded: RunDirectory, into: Path, *, hooks: HookUse | None = None) -> Comparison:
    """Run a recorded run again, as far as its trace goes if it has not ended.

    Args:
        recorded: The run.
        into: Empty directory for the trace and journal of the replay.
        hooks: What becomes of hooks; None = as the environment says.

    Raises:
        ReplayError: The run cannot be read.
        ScenarioError: Its scenario cannot be used by this version.
    """
    expected = recorded.read_digests() if recorded.ended else None
    begin, records = read_trace(recorded.path, ended=expected is not None)
    if not recorded.scenario.is_file():
        raise ReplayError(f"{recorded.scenario}: is missing")
    scenario = load_scenario(recorded.scenario, hooks=hooks)
    (into / "journal").mkdir(parents=True, exist_ok=True)
    simulation = Simulation(scenario, epoch_ms=begin.epoch_ms, directory=into, run=begin.run)
    count = 0
    for record in records:
        simulation.feed(simulation.parts.masks.show(record))
        count += 1
        if count % FLUSH_EVERY == 0:
            simulation.flush()
    simulation.flush()
    made = simulation.digests()
    if expected is None:
        return Comparison(compared=False, records=count, digests=made, differing=())
    differing = tuple(
        name for name in sorted(expected | made) if expected.get(name) != made.get(name)
    )
    first = first_difference(recorded.journal, into / "journal") if differing else ""
    return Comparison(records=count, digests=made, differing=differing, first=first)


def first_difference(recorded: Path, replayed: Path) -> str:
    """Return where two journals first part, lane by lane; "" if what was kept is equal."""
    for lane in LANES:
        for name in [path.name for path in lane_files(recorded, lane)]:
            before, after = _lines(recorded / name), _lines(replayed / name)
            for number, (old, new) in enumerate(zip_longest(before, after), 1):
                if old != new:
                    return f"{name}:{number}\n  recorded {_shown(old)}\n  replayed {_shown(new)}"
    return ""


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def _shown(line: bytes | None) -> str:
    return "(nothing)" if line is None else line.decode()
