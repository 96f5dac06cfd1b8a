"""Check `run SCENARIO -- CMD`: what a client is told, how it ends, and what that is worth."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

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
    return {**os.environ, "KIWOOM_SIM_LANG": "en", "GITHUB_STEP_SUMMARY": "summary.md"}


def wait_for(mark: Path, process: subprocess.Popen[str]) -> None:
    """Return when a client has left its mark."""
    deadline = time.monotonic() + WAIT_S
    while not mark.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    """Return whether a process has ended; who started it may not have noticed."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


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
    assert is_gone(int(mark.read_text()))


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
        wait_for(mark, process)
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


def test_artifacts_hold_what_the_run_saw_and_what_replays_it(place: Place) -> None:
    kept = place.directory / "out" / "kept"
    done = place.run(QUOTE + "raise SystemExit(4)", "--artifacts", str(kept), "--timeout", "9m")
    assert done.returncode == Exit.CLIENT_FAILED, done.stderr
    assert (kept / "log.txt").is_file()
    assert (kept / "journal" / "rest.jsonl").is_file()
    assert json.loads((kept / "client.json").read_text())["client"]["code"] == 4
    report = json.loads((kept / "report.json").read_text())
    assert report["counters"]["requests_by_api"] == {"au10001": 1, "ka10001": 1}
    assert "the market is invented" in report["deviations"]
    results = ET.fromstring((kept / "junit.xml").read_bytes())  # noqa: S314 - ours
    assert results.attrib["tests"] == "3"
    assert results.attrib["failures"] == "1"
    summary = (place.directory / "summary.md").read_text()
    assert "| client | failed: exit code 4 |" in summary
    assert summary == (kept / "report.md").read_text()
    assert "requests   2 (au10001 1, ka10001 1)" in done.stderr
    words = (kept / "replay.txt").read_text().split()
    assert words[0] == "kiwoom-sim"
    assert main(words[1:]) == Exit.OK


SICK = """
import sys
from kiwoom_sim.cli.main import main
from kiwoom_sim.runtime.requests import Requests
def ask(*_): raise ValueError("sick")
Requests.ask = ask
sys.exit(main())
"""
BROKEN = """
import sys
from kiwoom_sim.cli.client import Companion
from kiwoom_sim.cli.main import main
async def end(*_): raise ValueError("broken")
Companion._first_ending = end
sys.exit(main())
"""


@pytest.mark.parametrize(("code", "case"), [(SICK, "internal error"), (BROKEN, "broken")])
def test_an_error_of_ours_outweighs_what_the_client_did(place: Place, code: str, case: str) -> None:
    command = place.command(QUOTE + "raise SystemExit(4)", "--artifacts", "kept")
    command[1:3] = ["-c", code]
    done = subprocess.run(
        command, cwd=place.directory, capture_output=True, text=True, timeout=WAIT_S, check=False,
        env=environment(),
    )  # fmt: skip
    assert done.returncode == Exit.INTERNAL, done.stderr
    results = ET.fromstring((place.directory / "kept" / "junit.xml").read_bytes())  # noqa: S314 - ours
    [error] = results.iter("error")
    assert case in error.attrib["message"]


def test_what_cannot_be_kept_outweighs_it_too(place: Place) -> None:
    kept = place.directory / "kept"
    code = f"import shutil; shutil.rmtree({str(kept)!r}); open({str(kept)!r}, 'w').close()"
    done = place.run(code + "; raise SystemExit(4)", "--artifacts", str(kept))
    assert done.returncode == Exit.CANNOT_START
    assert "--artifacts" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_second_signal_leaves_at_once_and_takes_the_client_along(place: Place) -> None:
    mark = place.directory / "mark"
    deaf = "import os, signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    told = f"open({str(mark)!r} + 'x', 'w').write(str(os.getpid()))\n"
    code = deaf + told + f"os.rename({str(mark)!r} + 'x', {str(mark)!r})\n" + WAIT
    with subprocess.Popen(
        place.command(code), cwd=place.directory, stderr=subprocess.PIPE, text=True,
        env=environment(),
    ) as process:  # fmt: skip
        wait_for(mark, process)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "the run is stopped" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(WAIT_S) == Exit.INTERRUPTED
    assert is_gone(int(mark.read_text()))


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
