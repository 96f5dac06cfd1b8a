"""Check how a client is started, waited for and ended."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from kiwoom_sim.errors import StartError
from kiwoom_sim.launch.client import Client, check_program, start

WAIT_S = 30
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

TELL = "import os, signal, sys, time; open(sys.argv[1], 'w').write(str(os.getpid()));"
DEAF = "signal.signal(signal.SIGINT, signal.SIG_IGN);"
DEAFER = DEAF + "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
SLEEP = "time.sleep(600)"


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(WAIT_S):
            await story()

    asyncio.run(timed())


async def started(tmp_path: Path, code: str) -> Client:
    """Start Python code and return when it says that it runs."""
    mark = tmp_path / "pid"
    client = await start([sys.executable, "-c", code, str(mark)], os.environ)
    while not (mark.exists() and mark.read_text()):
        assert client.code is None
        await asyncio.sleep(0.005)
    return client


def test_it_gets_its_variables_and_its_code_is_told() -> None:
    async def story() -> None:
        code = "import os, sys; sys.exit(int(os.environ['CODE']))"
        client = await start([sys.executable, "-c", code], {**os.environ, "CODE": "7"})
        assert await client.wait() == 7
        assert client.code == 7

    run(story)


@posix
@pytest.mark.parametrize(
    ("manners", "last"), [("", "SIGINT"), (DEAF, "SIGTERM"), (DEAFER, "SIGKILL")]
)
def test_it_is_ended_step_by_step(tmp_path: Path, manners: str, last: str) -> None:
    async def story() -> None:
        code = manners + TELL + SLEEP
        client = await started(tmp_path, "import signal;" + code)
        assert await client.end(patience_s=WAIT_S if not manners else 0.3) == last
        assert client.code is not None

    run(story)


@posix
def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    async def story() -> None:
        inner = tmp_path / "inner"
        words = f"[sys.executable, '-c', {TELL + SLEEP!r}, {str(inner)!r}]"
        again = f"import subprocess, sys; subprocess.Popen({words});"
        client = await started(tmp_path, again + TELL + SLEEP)
        while not (inner.exists() and inner.read_text()):  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.005)
        grandchild = psutil.Process(int(inner.read_text()))
        await client.end()
        await asyncio.to_thread(grandchild.wait, WAIT_S)

    run(story)


def test_what_has_ended_already_needs_no_signal() -> None:
    async def story() -> None:
        client = await start([sys.executable, "-c", ""], os.environ)
        await client.wait()
        assert await client.end() == ""
        client.kill()

    run(story)


@posix
def test_a_crash_is_told_by_its_signal() -> None:
    async def story() -> None:
        code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
        client = await start([sys.executable, "-c", code], os.environ)
        assert await client.wait() == -signal.SIGSEGV

    run(story)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no-such-program"):
        check_program(["no-such-program"], None)
    check_program([sys.executable], None)

    async def story() -> None:
        with pytest.raises(StartError, match="cannot be started"):
            await start([str(tmp_path / "nothing")], os.environ)

    run(story)
