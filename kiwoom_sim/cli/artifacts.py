"""Keep what a run with a client leaves: its report, JUnit results, journal and replay command."""

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kiwoom_sim.app import Running
from kiwoom_sim.cli.banner import deviations
from kiwoom_sim.cli.client import Wanted
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import talk
from kiwoom_sim.core.clock import datetime_from_moment
from kiwoom_sim.errors import StartError
from kiwoom_sim.observe.junit import junit
from kiwoom_sim.observe.report import Fate, Report, rows
from kiwoom_sim.observe.summary import markdown, text

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def report_of(
    running: Running, wanted: Wanted, fate: Fate | None, wire_ms: int, broken: str = ""
) -> Report:
    """Return the report of a run.

    Args:
        running: The run; it may have ended.
        wanted: What was said about its client.
        fate: How that ended; None if the simulator broke before.
        wire_ms: Wire time at which it did.
        broken: What broke the simulator, if anything did.
    """
    scenario, parts = running.scenario, running.simulation.parts
    kept = wanted.artifacts or (running.directory.path if running.directory else None)
    start, end = (
        datetime_from_moment(parts.world.clock.at(ms)).isoformat(timespec="milliseconds")
        for ms in (0, wire_ms)
    )
    return Report(
        run=running.run,
        scenario=scenario.name,
        seed=scenario.seed,
        market_start=start,
        market_end=end,
        wire_ms=wire_ms,
        command=wanted.command,
        timeout_ms=wanted.timeout_ms,
        client=fate,
        counters=parts.metrics.summary(),
        deviations=tuple(deviations(scenario)),
        broken=broken,
        replay=shlex.join(["kiwoom-sim", "replay", str(kept), "--check"]) if kept else "",
    )


def keep(report: Report, run: Path, place: Path) -> None:
    """Copy what a run left to a place, with what became of it.

    Raises:
        StartError: It cannot be written.
    """
    client = {"command": report.command, "client": report.client}
    try:
        shutil.copytree(run, place, dirs_exist_ok=True)
        (place / "replay.txt").write_text(f"{report.replay}\n", encoding="utf-8")
        for name, content in (("client.json", client), ("report.json", report)):
            written = msgspec.json.format(msgspec.json.encode(content), indent=2)
            (place / name).write_bytes(written + b"\n")
        (place / "report.md").write_text(_markdown(report), encoding="utf-8", newline="\n")
        (place / "junit.xml").write_bytes(junit(report))
    except OSError as error:
        raise StartError(f"--artifacts {place}: {error.strerror or error}") from error
    talk(say("client.artifacts", path=place))


def summarise(report: Report, environment: Mapping[str, str] = os.environ) -> None:
    """Add the report to the summary of a GitHub job, if this runs in one."""
    path = environment.get(STEP_SUMMARY)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(_markdown(report))
    except OSError as error:  # the run itself went well
        talk(say("client.summary", path=path, reason=error.strerror or error))


def tell(report: Report) -> None:
    """Say what the run saw."""
    for line in text(rows(report)).splitlines():
        talk(f"  {line}")


def _markdown(report: Report) -> str:
    heading = f"kiwoom-sim: {report.scenario}"
    return markdown(heading, rows(report), report.replay, report.deviations)
