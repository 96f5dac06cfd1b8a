"""Check that `run` opens doors, tells where they are, and stops when told."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from kiwoom_sim.cli.live import show_lines
from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.cli.run import run_until_told
from kiwoom_sim.scenario.loader import parse_scenario

PORTS = ["--rest-port", "0", "--ws-port", "0"]
SMALL = """
schema = 1
[market]
symbols = ["005930"]
[doors]
rest = 0
ws = 0
"""

LIKE_WINDOWS = """
import asyncio, sys
def refuse(*_): raise NotImplementedError
asyncio.SelectorEventLoop.add_signal_handler = refuse
sys.modules["uvloop"] = None
from kiwoom_sim.cli.main import main
sys.exit(main())
"""


def test_a_run_stops_after_its_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "scenarios/normal_market.toml", *PORTS, "--for", "200ms"]) == Exit.OK
    told = capsys.readouterr()
    assert told.out == ""
    assert "http://127.0.0.1:" in told.err
    assert "https://api.kiwoom.com" in told.err
    assert "kiwoom-sim replay" in told.err
    run = tmp_path / "kiwoom-sim-runs" / "normal_market-0001"
    assert (run / "digests.json").is_file()
    assert main(["replay", run.name, "--check"]) == Exit.OK


def test_the_envelope_and_the_ready_file_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = tmp_path / "small.toml"
    scenario.write_text(SMALL)
    ready = tmp_path / "ready.json"
    arguments = ["run", str(scenario), "--json", "--for", "50ms", "--runs", str(tmp_path / "runs")]
    assert main([*arguments, "--ready-file", str(ready)]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    written = json.loads(ready.read_text())
    assert {name: result[name] for name in written} == written
    assert written["control"].startswith("http://127.0.0.1:")
    assert written["pid"] == os.getpid()


def test_lines_are_shown_while_it_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def view(running: object) -> None:
        await show_lines(running, 0.05)  # type: ignore[arg-type] # a running simulator

    assert run_until_told(parse_scenario(SMALL), tmp_path, 300, None, view) == Exit.OK
    assert "market time 2026-03-23 09:30:00" in capsys.readouterr().err


def test_a_busy_port_cannot_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ["run", "normal_market", "--rest-port", port, "--runs", str(tmp_path)]
        assert main(arguments) == Exit.CANNOT_START
    told = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ([], "name a scenario"),
        (["nowhere"], "nowhere"),
        (["normal_market", "--for", "soon"], '--for: "soon"'),
        (["normal_market", "--set", "clock.sped=2"], "speed"),
        (["normal_market", "--set", "oops"], "key=value"),
    ],
)
def test_a_wrong_command_line_is_explained(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *arguments]) == Exit.USAGE
    told = capsys.readouterr().err
    assert hint in told
    assert "Traceback" not in told


def wait_for(path: Path, process: subprocess.Popen[str]) -> dict[str, str]:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    addresses: dict[str, str] = json.loads(path.read_text())
    return addresses


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "program", [["-m", "kiwoom_sim"], ["-c", LIKE_WINDOWS]], ids=["here", "like-windows"]
)
def test_a_signal_ends_a_run_cleanly(
    tmp_path: Path, number: signal.Signals, program: list[str]
) -> None:
    ready = tmp_path / "ready.json"
    (tmp_path / "small.toml").write_text(SMALL)
    with subprocess.Popen(
        [sys.executable, *program, "run", "small.toml", "--ready-file", str(ready)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        base = wait_for(ready, process)["rest"]
        with urllib.request.urlopen(base, timeout=30) as health:  # noqa: S310 - our own
            assert json.load(health)["status"] == "running"
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
    assert process.returncode == Exit.OK, told
    run = tmp_path / "kiwoom-sim-runs" / "small-0001"
    assert number.name in (run / "trace.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert (run / "digests.json").is_file()
