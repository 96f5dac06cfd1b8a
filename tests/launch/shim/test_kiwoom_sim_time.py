"""Check what time a Python client is told, in one of its own."""

import ast
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kiwoom_sim.launch.market_time import Moment
from kiwoom_sim.launch.shim.kiwoom_sim_time import PAGE, MarketClock
from kiwoom_sim.launch.trust import SHIM

UNIX_NS = 1_774_225_800_123_456_000
"""2026-03-23 09:30:00.123456 in Korea."""

EVERY_WAY = """
import datetime, json, logging, pickle, time, warnings
from datetime import date, datetime as direct
from time import time as asked
warnings.simplefilter("ignore")
KST = datetime.timezone(datetime.timedelta(hours=9))
class Own(direct):
    pass
record = logging.LogRecord("a", 20, "p", 1, "m", (), None)
moments = [
    direct.now(), direct.today(), Own.now(), direct.now(KST).replace(tzinfo=None),
    pickle.loads(pickle.dumps(direct.now())), direct.fromtimestamp(asked()),
    direct.utcnow() + datetime.timedelta(hours=9), datetime.datetime.now(tz=None),
]
print(json.dumps({
    "moments": sorted({str(moment) for moment in moments}),
    "types": [type(direct.now()) is direct, type(Own.now()) is Own, type(date.today()) is date],
    "numbers": [time.time(), asked(), time.time_ns() / 1e9,
                time.clock_gettime(time.CLOCK_REALTIME)],
    "words": sorted({time.ctime(), time.asctime(), time.strftime("%a %b %d %H:%M:%S %Y")}),
    "parts": [time.localtime()[:6], time.gmtime()[:6], date.today().timetuple()[:3]],
    "given": [time.gmtime(0)[0], time.strftime("%Y", time.gmtime(0)), time.ctime(0)[-4:]],
    "log": logging.Formatter("%(asctime)s").format(record),
}))
"""
REAL = """
import asyncio, json, time
began = time.monotonic(), time.perf_counter(), time.clock_gettime(time.CLOCK_MONOTONIC)
time.sleep(0.05)
asyncio.run(asyncio.sleep(0.05))
print(json.dumps([time.monotonic() - began[0], time.perf_counter() - began[1],
                  time.clock_gettime(time.CLOCK_MONOTONIC) - began[2], time.time()]))
"""
CHILD_OF_CHILD = """
import multiprocessing, subprocess, sys
words = [sys.executable, "-c", "import datetime; print(datetime.datetime.now())"]
again = f"import subprocess; subprocess.run({words!r}, check=True)"
subprocess.run([sys.executable, "-c", again], check=True)
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="clocks and time zones of POSIX")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "time"
    path.write_bytes(Moment(0, UNIX_NS, 0).packed())
    return path


def said(code: str, page: Path, *options: str) -> str:
    """Return what a Python prints whose time is that of a page."""
    variables = {**os.environ, "PYTHONPATH": str(SHIM), "TZ": "KST-9", "KIWOOM_SIM_TIME": str(page)}
    done = subprocess.run(
        [sys.executable, *options, "-c", code], env=variables, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


@posix
def test_every_way_to_ask_tells_the_markets_time(page: Path) -> None:
    found: dict[str, Any] = json.loads(said(EVERY_WAY, page))
    assert found == {
        "moments": ["2026-03-23 09:30:00.123456"],
        "types": [True, True, True],
        "numbers": [UNIX_NS / 1e9] * 4,
        "words": ["Mon Mar 23 09:30:00 2026"],
        "parts": [[2026, 3, 23, 9, 30, 0], [2026, 3, 23, 0, 30, 0], [2026, 3, 23]],
        "given": [1970, "1970", "1970"],
        "log": "2026-03-23 09:30:00,123",
    }


@posix
def test_what_measures_stays_real_while_the_market_runs_fast(page: Path) -> None:
    page.write_bytes(Moment(time.monotonic_ns(), UNIX_NS, 3_600).packed())
    *real, market = json.loads(said(REAL, page))
    assert all(0.09 < passed < 60 for passed in real)
    assert market - UNIX_NS / 1e9 > 3_600 * 0.1


@posix
def test_children_of_children_hear_it_too(page: Path) -> None:
    assert said(CHILD_OF_CHILD, page) == "2026-03-23 09:30:00.123456\n"


def test_a_page_that_is_being_written_is_read_again(page: Path) -> None:
    clock = MarketClock(str(page))
    half = PAGE.pack(0, 1, 0, 99)
    answers = [half, half, page.read_bytes()]

    class Torn:
        def __getitem__(self, _: slice) -> bytes:
            return answers.pop(0)

    clock._page.close()
    clock._page = Torn()  # type: ignore[assignment] # reads like a page
    assert clock.time_ns() == UNIX_NS
    assert answers == []


def test_an_older_python_can_read_the_shims() -> None:
    for path in SHIM.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
        names = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert path.name == "__init__.py" or "__future__" in names
        for node in ast.walk(tree):  # a union that is no annotation is newer
            is_check = isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance"
            assert not (is_check and "|" in ast.unparse(node)), path
