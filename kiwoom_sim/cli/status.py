"""Say how the simulator is that `up` started: `status`."""

import http.client
import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from kiwoom_sim.cli import health, options
from kiwoom_sim.cli.health import Health
from kiwoom_sim.cli.instance import Instance, Ready, State, state_of
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, put_table, talk
from kiwoom_sim.observe.run_directory import RUNS
from kiwoom_sim.scenario.schema import DoorsConfig

HOST = "127.0.0.1"
DOORS = ("rest", "ws", "control")
PORTS = (DoorsConfig().rest, DoorsConfig().ws, DoorsConfig().control_port)
PROBE_S = 1.0
FACTS = ("market_time", "requests", "connections", "frames")


def command(
    *,
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    state: Annotated[Path | None, options.STATE] = None,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Say for each door whether it answers, and what runs."""
    place = state_of(state, runs)
    try:
        instance = place.read()
    except ValueError as error:
        talk(str(error))
        instance = None
    process = place.process_of(instance) if instance is not None else None
    if instance is None or process is None:
        return _tell_nothing(place, instance, as_json=as_json)
    ready = place.read_ready()
    doors = _doors(ready)
    facts = _facts(place, instance, ready)
    is_healthy = all(door.is_healthy for door in doors)
    condition = "healthy" if is_healthy else "unhealthy" if ready else "starting"
    if as_json:
        put_json({"state": condition, "doors": doors, **facts})
    else:
        rows = [(door.door, door.url or "-", *_answer(door)) for door in doors]
        put_table(("door", "url", "state", "ms"), rows)
        for label, value in facts.items():
            put(f"{label.removesuffix('_s').replace('_', ' '):<12} {_shown(label, value)}")
    return Exit.OK if is_healthy else Exit.FAILED


def _doors(ready: Ready | None) -> list[Health]:
    if ready is None:
        return [Health(door=door, url="", state="starting") for door in DOORS]
    return [health.ask(door, url) for door, url in ready.doors.items()]


def _answer(door: Health) -> tuple[str, str]:
    state = f"{door.state}: {door.reason}" if door.reason else door.state
    return state, "-" if door.latency_ms is None else str(door.latency_ms)


def _shown(label: str, value: Any) -> str:
    """Return a fact as people read it."""
    if value is None:
        return "-"
    return str(timedelta(seconds=value) if label == "uptime_s" else value)


def _facts(state: State, instance: Instance, ready: Ready | None) -> dict[str, object]:
    """Return what is known about the run; counters come from the WebSocket door."""
    counters: dict[str, Any] = {}
    if ready is not None:
        try:
            counters = health.fetch(ready.ws, "/stats")
        except (OSError, http.client.HTTPException):
            counters = {}
    uptime_s = max(0, round(time.time() - instance.created_s))
    return {
        "scenario": instance.scenario,
        "seed": instance.seed,
        "pid": ready.pid if ready else instance.pid,
        "started": instance.started,
        "uptime_s": uptime_s,
        **{name: counters.get(name) for name in FACTS},
        "run": ready.run if ready else None,
        "directory": str(Path(instance.runs, ready.run)) if ready else None,
        "log": str(state.log),
    }


def _tell_nothing(state: State, instance: Instance | None, *, as_json: bool) -> int:
    """Say that nothing runs, and what answers at the usual ports instead."""
    others = {port: found for port in PORTS if (found := _at(port))}
    if as_json:
        answers = {str(port): found for port, found in others.items()}
        put_json({"state": "stopped", "doors": [], "others": answers})
    else:
        if instance is not None:
            talk(say("status.ended", name=instance.scenario, pid=instance.pid, log=state.log))
        talk(say("down.nothing", path=state.directory))
        for port, found in others.items():
            talk(say("status.other", port=port, what=found))
    return Exit.FAILED


def _at(port: int) -> str:
    """Return what answers at a port of this machine, "" for nothing."""
    try:
        with socket.create_connection((HOST, port), timeout=PROBE_S):
            pass
    except OSError:
        return ""
    try:
        page = health.fetch(f"http://{HOST}:{port}", "/health", PROBE_S)
    except (OSError, http.client.HTTPException):
        page = {}
    is_ours = page.get("service") == "kiwoom-sim"
    return f"kiwoom-sim, {page.get('scenario')}" if is_ours else say("status.stranger")
