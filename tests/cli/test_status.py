"""Check what `status` says about one that runs, starts, hangs, ended, or was never there."""

import re
import socket
import subprocess

import psutil
import pytest

from kiwoom_sim.cli import health, status
from kiwoom_sim.cli.output import Exit
from tests.cli.background import WAIT_S, Place, place, result

__all__ = ["place"]


@pytest.fixture(autouse=True)
def no_usual_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "PORTS", ())


def test_a_healthy_one_shows_its_doors_and_its_run(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.do("up", "--json") == Exit.OK
    started = result(capsys)
    assert place.do("status", "--json") == Exit.OK
    found = result(capsys)
    assert found["state"] == "healthy"
    assert [(door["door"], door["url"], door["state"]) for door in found["doors"]] == [
        ("rest", started["rest"], "healthy"), ("ws", started["ws"], "healthy"),
        ("control", started["control"], "healthy"),
    ]  # fmt: skip
    assert all(door["latency_ms"] > 0 for door in found["doors"])
    assert (found["scenario"], found["seed"], found["pid"]) == ("small", 5, started["pid"])
    assert (found["run"], found["directory"]) == (started["run"], started["directory"])
    assert found["uptime_s"] >= 0
    assert found["market_time"].startswith("2026-03-23T")
    assert (found["requests"], found["connections"]) == (0, 0)

    assert place.do("status") == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"rest\t{started['rest']}\thealthy\t")
    assert f"directory    {started['directory']}" in lines
    assert any(re.fullmatch(r"uptime       0:\d\d:\d\d", line) for line in lines)


def test_one_that_hangs_is_unhealthy(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.do("up") == Exit.OK
    process = place.processes()[0]
    monkeypatch.setattr(health, "TIMEOUT_S", 0.05)
    monkeypatch.setattr(health.ask, "__defaults__", (0.05,))
    monkeypatch.setattr(health.fetch, "__defaults__", (0.05,))
    capsys.readouterr()
    process.suspend()
    try:
        assert place.do("status") == Exit.FAILED
    finally:
        process.resume()
    out = capsys.readouterr().out
    assert "no answer: timed out" in out
    assert "requests     -" in out


def test_one_without_a_ready_file_is_starting(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        place.record(child.pid, psutil.Process(child.pid).create_time())
        assert place.do("status", "--json") == Exit.FAILED
        child.kill()
    found = result(capsys)
    assert found["state"] == "starting"
    assert {door["state"] for door in found["doors"]} == {"starting"}


def test_one_that_ended_is_told_with_its_log(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with subprocess.Popen(["true"]) as child:
        child.wait(WAIT_S)
    place.record(child.pid, 1.0)
    assert place.do("status") == Exit.FAILED
    told = capsys.readouterr().err
    assert f"small (pid {child.pid}) has ended by itself" in told
    assert str(place.state.log) in told


def test_damage_is_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.record(1, 1.0)
    place.state.record.write_text("?")
    assert place.do("status") == Exit.FAILED
    assert "cannot be read" in capsys.readouterr().err


def test_what_answers_at_the_usual_ports_is_told(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.do("up", "--json") == Exit.OK
    rest = int(result(capsys)["rest"].rpartition(":")[2])
    with socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as mute:
        stranger = mute.getsockname()[1]
        monkeypatch.setattr(status, "PORTS", (rest, free, stranger))
        elsewhere = str(place.directory / "elsewhere")
        assert place.do("status", "--json", "--state", elsewhere) == Exit.FAILED
        found = result(capsys)
        assert found == {
            "state": "stopped", "doors": [],
            "others": {str(rest): "kiwoom-sim, small", str(stranger): "not kiwoom-sim"},
        }  # fmt: skip
        assert place.do("status", "--state", elsewhere) == Exit.FAILED
    told = capsys.readouterr().err
    assert f"port {rest}, not started by `up`: kiwoom-sim, small" in told
    assert f"nothing is running in {elsewhere}" in told
