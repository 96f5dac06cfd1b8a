"""Check that this machine can run the simulator: `doctor`."""

import os
import platform
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from msgspec import Struct

from kiwoom_sim.cli import health, options
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put_json, put_table, talk
from kiwoom_sim.errors import KiwoomSimError
from kiwoom_sim.protocol import loader
from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.loader import load_scenario

NEEDED = (
    "typer", "rich", "litestar", "uvicorn", "websockets", "faker", "msgspec", "numpy", "psutil",
    "httptools", "trustme", "prometheus_client",
)  # fmt: skip
FASTER = ("uvloop",)
PORTS = {"rest": 5116, "ws": 5117, "control": 5118, "tls": 5119}
PROBE_S = 1.0
MARKS = {"good": "ok", "note": "!", "bad": "x"}


class Finding(Struct, frozen=True, kw_only=True):
    """Hold one thing that was looked at.

    Attributes:
        subject: What was looked at.
        state: `good`, `note` (works, but slower or not at the usual place) or `bad`.
        detail: What was found.
    """

    subject: str
    state: str
    detail: str


def command(*, as_json: Annotated[bool, options.JSON] = False) -> int:
    """Check that this machine is ready."""
    findings = list(examine())
    ready = all(finding.state != "bad" for finding in findings)
    if as_json:
        put_json({"ready": ready, "findings": findings})
    else:
        rows = [(MARKS[f.state], f.subject, f.detail) for f in findings]
        put_table(("", "subject", "found"), rows)
        talk(say("doctor.ready") if ready else say("doctor.not_ready", mark=MARKS["bad"]))
    return Exit.OK if ready else Exit.CANNOT_START


def examine() -> Iterator[Finding]:
    """Yield what there is to know about this machine."""
    is_new = sys.version_info >= (3, 11)
    yield Finding(
        subject="python",
        state="good" if is_new else "bad",
        detail=f"{platform.python_version()} on {platform.system()} {platform.machine()}",
    )
    yield from (_package(name, needed=True) for name in NEEDED)
    yield from (_package(name, needed=False) for name in FASTER)
    yield from (_port(name, port) for name, port in PORTS.items())
    yield _scenarios()
    yield _catalogue()
    yield _directory()


def _package(name: str, *, needed: bool) -> Finding:
    try:
        found = version(name) if find_spec(name) is not None else ""
    except PackageNotFoundError:
        found = "of unknown version"
    if found:
        return Finding(subject=name, state="good", detail=found)
    missing = "missing" if needed else "missing: the simulator runs without it, but slower"
    return Finding(subject=name, state="bad" if needed else "note", detail=missing)


def _port(name: str, port: int) -> Finding:
    subject = f"port {port} ({name})"
    try:
        # As a door does it: on Windows, sharing an address would succeed on a port in use.
        with socket.create_server(("127.0.0.1", port)):
            return Finding(subject=subject, state="good", detail="free")
    except OSError as error:
        is_ours = health.ask(name, f"http://127.0.0.1:{port}", PROBE_S).is_healthy
        reason = "a kiwoom-sim answers there already" if is_ours else error.strerror
        flag = f"another port can be chosen with --{name}-port"
        return Finding(subject=subject, state="note", detail=f"{reason}; {flag}")


def _scenarios() -> Finding:
    shipped = shipped_scenarios()
    try:
        for found in shipped:
            load_scenario(found)
    except KiwoomSimError as error:
        return Finding(subject="scenarios", state="bad", detail=str(error))
    state = "good" if shipped else "bad"
    return Finding(subject="scenarios", state=state, detail=f"{len(shipped)} shipped")


def _catalogue() -> Finding:
    count = len(loader.api_ids()) + len(loader.realtime_types())
    state = "good" if count else "bad"
    return Finding(subject="catalogue", state=state, detail=f"{count} APIs and types")


def _directory() -> Finding:
    here = Path.cwd()
    can_write = os.access(here, os.W_OK)
    detail = "runs can be recorded here" if can_write else "not writable: runs cannot be recorded"
    return Finding(subject="directory", state="good" if can_write else "bad", detail=detail)
