"""Check `run SCENARIO -- CMD`: what a client is told, how it ends, and what that is worth."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from kiwoom_sim.cli.client import Asked, wanted
from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.errors import ScenarioError, StartError

WAIT_S = 60
SMALL = """
schema = 1
[market]
symbols = ["005930"]
[doors]
rest = 0
ws = 0
"""
PHASE = '[[phase]]\nid = "only"\nfor = "300ms"\n'

CALL = """
import json, os, sys, urllib.request
def call(path, headers={}, **body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(os.environ["KIWOOM_SIM_REST_URL"] + path, data, headers)
    return json.load(urllib.request.urlopen(request, timeout=30))
token = call("/oauth2/token", grant_type="client_credentials", appkey="a", secretkey="b")["token"]
"""
QUOTE = (
    CALL
    + """
headers = {"api-id": "ka10001", "authorization": "Bearer " + token}
print(call("/api/dostk/stkinfo", headers, stk_cd="005930")["return_code"])
"""
)
HEALTH = """
import json, os, time, urllib.request
time.sleep(0.05)
url = os.environ["KIWOOM_SIM_REST_URL"] + "/health"
print(json.load(urllib.request.urlopen(url, timeout=30))["wire_ms"])
"""
WAIT = CALL + "import time; time.sleep(600)"


class Place:
    """Run the program in a directory with a small scenario."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.scenario("")

    def scenario(self, more: str) -> None:
        (self.directory / "small.toml").write_text(SMALL + more)

    def command(self, code: str, *options: str) -> list[str]:
        words = [
            "run",
            "small.toml",
            "--no-isolate",
            *options,
            "--",
            sys.executable,
            "-c",
            code,
            "--json",
            "--",
        ]
        return [sys.executable, "-m", "kiwoom_sim", *words]

    def run(self, code: str, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(code, *options), cwd=self.directory, capture_output=True, text=True,
            timeout=WAIT_S, check=False, env=environment(),
        )  # fmt: skip


def environment() -> dict[str, str]:
    return {**os.environ, "KIWOOM_SIM_LANG": "en"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_client_finds_the_simulator_and_its_end_ends_the_run(place: Place) -> None:
    done = place.run(QUOTE + "print(sys.argv[1:])")
    assert done.returncode == Exit.OK, done.stderr
    assert done.stdout == "0\n['--json', '--']\n"
    assert "client: exit code 0" in done.stderr
    assert "stopped: 2 requests" in done.stderr
    run = place.directory / "kiwoom-sim-runs" / "small-0001"
    assert '"text":"client"' in (run / "trace.jsonl").read_text().splitlines()[-1]
    assert main(["replay", str(run), "--check"]) == Exit.OK


@pytest.mark.parametrize(
    ("code", "options", "expected"),
    [
        ("raise SystemExit(3)", (), Exit.CLIENT_FAILED),
        ("raise SystemExit(3)", ("--client-exit", "0, 3"), Exit.OK),
        ("", ("--client-exit", "3"), Exit.CLIENT_FAILED),
        ("import os; os.abort()", (), Exit.CLIENT_FAILED),
    ],
)
def test_its_exit_code_decides(
    place: Place, code: str, options: tuple[str, ...], expected: Exit
) -> None:
    done = place.run(code, *options)
    assert done.returncode == expected, done.stderr
    assert ("crashed (SIGABRT)" in done.stderr) == ("abort" in code)


def test_time_waits_for_its_first_request(place: Place) -> None:
    assert place.run(HEALTH).stdout == "0\n"
    assert place.run(HEALTH, "--set", 'clock.hold="none"').stdout != "0\n"


@pytest.mark.parametrize(("phase", "options"), [(PHASE, ()), ("", ("--for", "300ms"))])
def test_the_end_of_the_script_is_no_crash(
    place: Place, phase: str, options: tuple[str, ...]
) -> None:
    place.scenario(phase)
    done = place.run(WAIT, *options)
    assert done.returncode == Exit.OK, done.stderr
    assert "the script is over" in done.stderr
    trace = place.directory / "kiwoom-sim-runs" / "small-0001" / "trace.jsonl"
    last = json.loads(trace.read_text().splitlines()[-1])
    assert last["text"] == "script"
    assert last["ms"] >= 300


def test_one_that_takes_too_long_has_failed(place: Place) -> None:
    done = place.run("import time; time.sleep(600)", "--timeout", "100ms")
    assert done.returncode == Exit.CLIENT_FAILED
    assert "took too long" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux")
def test_a_daemon_that_it_leaves_behind_ends_with_the_run(place: Place) -> None:
    mark = place.directory / "mark"
    code = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open({str(mark)!r}, "w").write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
while not (os.path.exists({str(mark)!r}) and open({str(mark)!r}).read()):
    time.sleep(0.005)
"""
    done = place.run(code)
    assert done.returncode == Exit.OK, done.stderr
    assert not psutil.pid_exists(int(mark.read_text()))


@pytest.mark.skipif(sys.platform == "win32", reason="time zones of POSIX")
def test_its_python_may_live_in_market_time(place: Place) -> None:
    code = "from datetime import datetime\nprint(datetime.now())\n" + CALL
    code += "before = datetime.now()\nwhile datetime.now() == before: pass\nprint('moves')"
    done = place.run(code, "--fake-time", "--start", "2026-03-23T08:59:30")
    assert done.stdout == "2026-03-23 08:59:30\nmoves\n", done.stderr
    stepped = place.run(code.partition("before")[0], "--fake-time", "--set", 'clock.mode="stepped"')
    assert stepped.returncode == Exit.OK, stepped.stderr


def test_a_signal_stops_both_and_is_no_failure(place: Place) -> None:
    mark = place.directory / "mark"
    code = WAIT.replace("import time", f"import time; open({str(mark)!r}, 'w').close()")
    with subprocess.Popen(
        place.command(code), cwd=place.directory, stderr=subprocess.PIPE, text=True,
        env=environment(),
    ) as process:  # fmt: skip
        deadline = time.monotonic() + WAIT_S
        while not mark.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=WAIT_S)
    assert process.returncode == Exit.OK, told
    assert "the run is stopped" in told


def test_the_envelope_has_stdout_for_itself(place: Place) -> None:
    done = place.run(QUOTE, "--json")
    result: dict[str, Any] = json.loads(done.stdout)["result"]
    assert result["client"] == {"ending": "client", "code": 0, "failed": False}
    assert result["exit"] == 0
    assert result["run"] == "small-0001"
    assert "0\n" in done.stderr


def test_artifacts_hold_what_replays_the_run(place: Place) -> None:
    kept = place.directory / "out" / "kept"
    done = place.run(QUOTE, "--artifacts", str(kept))
    assert done.returncode == Exit.OK, done.stderr
    assert (kept / "log.txt").is_file()
    assert (kept / "journal" / "rest.jsonl").is_file()
    assert json.loads((kept / "client.json").read_text())["client"]["code"] == 0
    words = (kept / "replay.txt").read_text().split()
    assert words[0] == "kiwoom-sim"
    assert main(words[1:]) == Exit.OK


def test_no_client_no_options_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", "normal_market", "--timeout", "1s", "--client-exit", "1"]
    assert main(arguments) == Exit.USAGE
    told = capsys.readouterr().err
    assert "--timeout is about a client" in told
    assert "--client-exit is about a client" in told


@pytest.mark.parametrize(
    "asked",
    [
        Asked(timeout="soon"), Asked(fine="0,x"), Asked(fine="256"), Asked(fine=","),
        Asked(allowed=("nowhere",)),
    ],
)  # fmt: skip
def test_options_that_cannot_be_understood_are_told(asked: Asked) -> None:
    with pytest.raises(ScenarioError):
        wanted([sys.executable], asked)


def test_what_cannot_be_started_is_told_before_the_doors_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    arguments = ["run", "normal_market", "--runs", str(runs), "--", "no-such-program", "--json"]
    assert main(arguments) == Exit.CANNOT_START
    told = capsys.readouterr()
    assert "no-such-program" in told.err
    assert told.out == ""
    assert not runs.exists()
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="--artifacts"):
        wanted([sys.executable], Asked(artifacts=tmp_path / "file" / "inside"))
