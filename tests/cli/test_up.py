"""Check that `up` starts one simulator, once, and says where it is."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest

from kiwoom_sim.cli.health import ask
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.cli.up import differences
from tests.cli.background import SMALL, WAIT_S, Place, place, result, until

__all__ = ["place"]


def test_it_starts_once_and_says_where(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = place.directory / "wanted.json"
    assert place.do("up", "--json", "--ready-file", str(wanted)) == Exit.OK
    first = result(capsys)
    assert (first["already"], first["scenario"], first["seed"]) == (False, "small", 5)
    assert ask("rest", first["rest"]).is_healthy
    assert ask("ws", first["ws"]).is_healthy
    assert first["websocket"] == f"{first['ws']}/api/dostk/websocket"
    assert first["ralph"] == f"{first['ws']}/ws"
    assert json.loads(wanted.read_text())["rest"] == first["rest"]
    assert Path(first["directory"], "scenario.toml").is_file()
    process = psutil.Process(first["pid"])
    assert (os.getsid(process.pid), process.terminal()) == (process.pid, None)

    assert place.do("up", "--json") == Exit.OK
    second = result(capsys)
    assert second == {**first, "already": True}

    assert place.do("up", "--seed", "7") == Exit.CANNOT_START
    told = capsys.readouterr().err
    assert f"small, seed 5, since {first['started']}, pid {first['pid']}" in told
    assert "seed: running 5, asked for 7" in told
    assert f"`kiwoom-sim down --runs {place.runs}`" in told
    assert len(place.processes()) == 1


def test_the_addresses_are_data_and_the_rest_is_talk(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    state = place.directory / "elsewhere"
    assert place.do("up", "--state", str(state), "--set", "ralph.enabled=false") == Exit.OK
    told = capsys.readouterr()
    ready = json.loads((state / "ready.json").read_text())
    place.state.ready = state / "ready.json"  # so that it is found and ended
    assert f"REST       {ready['rest']}\n" in told.out
    assert f"WebSocket  {ready['ws']}/api/dostk/websocket\n" in told.out
    assert f"{ready['ws']}/ws\n" not in told.out
    assert f"kiwoom-sim down --state {state}" in told.err
    log = (state / "log.txt").read_text()
    assert log.startswith("--- ")
    assert "--set=ralph.enabled=false" in log
    assert f"REST       {ready['rest']}" in log


@pytest.mark.parametrize(
    ("text", "hint"),
    [(SMALL.replace("seed", "sed"), "small.toml:3: sed: unknown key"), (None, "no such scenario")],
    ids=["typo", "missing"],
)
def test_a_scenario_that_is_wrong_starts_nothing(
    place: Place, text: str | None, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place.scenario.unlink() if text is None else place.scenario.write_text(text)
    assert place.do("up") == Exit.USAGE
    assert hint in capsys.readouterr().err
    assert not place.runs.exists()


def test_a_busy_port_is_told_in_the_words_of_the_simulator(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert place.do("up", "--rest-port", str(port)) == Exit.CANNOT_START
    told = capsys.readouterr().err
    assert f"rest door: cannot listen on 127.0.0.1:{port}" in told
    assert str(place.state.log) in told
    assert place.state.read() is None
    assert place.state.log.is_file()


def test_what_takes_too_long_is_stopped_again(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.do("up", "--wait", "1ms", "--json") == Exit.CANNOT_START
    problem = json.loads(capsys.readouterr().out)["error"]["problems"][0]
    assert "within 0.001 s" in problem
    assert place.processes() == []
    assert place.state.read() is None


@pytest.mark.parametrize("case", ["gone", "reused", "damaged"])
def test_what_is_left_of_an_earlier_one_is_cleaned_up(
    place: Place, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        try:
            place.record(other.pid, psutil.Process(other.pid).create_time() - 100)
            if case == "gone":
                other.kill()
                other.wait()
            if case == "damaged":
                place.state.record.write_text('{"pid": ')
            # One of them goes on to the end; what the others have to say comes before the start.
            wait, code = ("60s", Exit.OK) if case == "gone" else ("1ms", Exit.CANNOT_START)
            assert place.do("up", "--wait", wait) == code
            note = "cannot be read" if case == "damaged" else f"(pid {other.pid}) has ended"
            assert note in capsys.readouterr().err
            assert (other.poll() is None) == (case != "gone")
        finally:
            other.kill()


def test_of_two_at_the_same_time_one_starts(place: Place) -> None:
    command = place.program("up", "--json")
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as one,
        subprocess.Popen(command, stdout=subprocess.PIPE) as other,
    ):
        outs = [each.communicate(timeout=WAIT_S)[0] for each in (one, other)]
    assert (one.returncode, other.returncode) == (Exit.OK, Exit.OK)
    told = [json.loads(out)["result"] for out in outs]
    assert sorted(each["already"] for each in told) == [False, True]
    assert told[0]["pid"] == told[1]["pid"]
    assert len(place.processes()) == 1


def test_it_survives_the_end_of_its_terminal(place: Place) -> None:
    script = 'exec 3>&1; "$@" >&2; echo up >&3; exec sleep 600'
    with subprocess.Popen(
        ["sh", "-c", script, "sh", *place.program("up")],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, text=True,
    ) as shell:  # fmt: skip
        assert shell.stdout is not None
        try:
            assert shell.stdout.readline() == "up\n"
        finally:
            os.killpg(shell.pid, signal.SIGINT)
            os.killpg(shell.pid, signal.SIGHUP)
        shell.wait(WAIT_S)
    ready = place.state.read_ready()
    assert ready is not None
    assert ask("ws", ready.ws).is_healthy


def test_an_interrupted_start_leaves_nothing_running(place: Place) -> None:
    with subprocess.Popen(
        place.program("up"), stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as starter:
        until(place.state.record.exists)
        starter.send_signal(signal.SIGINT)
        _, told = starter.communicate(timeout=WAIT_S)
    assert starter.returncode == Exit.INTERRUPTED, told
    assert place.processes() == []
    assert not place.state.record.exists()


def test_one_that_runs_but_does_not_answer_is_told(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.do("up") == Exit.OK
    process = place.processes()[0]
    process.suspend()
    try:
        assert place.do("up", "--wait", "1ms") == Exit.CANNOT_START
    finally:
        process.resume()
    assert f"running already (pid {process.pid})" in capsys.readouterr().err


def test_differences_name_the_value_and_are_few() -> None:
    one, other = "name = 'a'\n[clock]\nspeed = 1", "name = 'a'\n[clock]\nspeed = 10"
    assert differences(one, one) == []
    assert differences(one, other) == ["clock.speed: running 1, asked for 10"]
    assert differences(one, "name = 'b'") == ["name: running a, asked for b"]
    many = "\n".join(f"k{number} = [{number}]" for number in range(9))
    assert differences(many, "")[0] == "k0.0: running 0, asked for -"
    assert differences(many, "")[5:] == ["..."]
