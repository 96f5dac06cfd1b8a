"""Start `run` as a process of its own that outlives the terminal, and end it again.

The process gets its own session, so neither the hang-up of the terminal nor a Ctrl-C in it
reaches it. Windows has no polite signal for such a process: there it is ended at once, and its
run keeps no digests.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from msgspec import Struct

import kiwoom_sim
from kiwoom_sim.cli.health import ask
from kiwoom_sim.cli.instance import Ready, State
from kiwoom_sim.cli.messages import say
from kiwoom_sim.errors import StartError

LOOK_S = 0.02
PROBE_S = 1.0

Watch = Callable[[], object]
"""Called now and then while something is waited for."""


class Launched(Struct, frozen=True, kw_only=True):
    """Hold a process that was started.

    Attributes:
        log_offset: Where in the log its words begin, in bytes.
    """

    process: "subprocess.Popen[bytes]"
    log_offset: int


def launch(state: State, words: list[str], heading: str) -> Launched:
    """Start `run` in the background.

    Args:
        state: Where its ready file and its log are.
        words: What follows the verb.
        heading: Line that its part of the log begins with.

    Raises:
        StartError: It cannot be started.
    """
    command = [*_program(), "run", "--no-tui", f"--ready-file={state.ready}", *words]
    try:
        state.ready.unlink(missing_ok=True)
        with state.open_log() as log:
            log.write(f"{heading}\n".encode())
            log.flush()
            process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                creationflags=_creation_flags(),
            )
            return Launched(process=process, log_offset=log.tell())
    except OSError as error:
        raise StartError(say("up.unstartable", reason=error)) from error


def _program() -> list[str]:
    """Return how this very program is started again."""
    # Only if we come from the working directory may it decide which kiwoom_sim is meant.
    is_here = Path(kiwoom_sim.__file__).parents[1] == Path.cwd()
    return [sys.executable, *([] if is_here else ["-P"]), "-m", "kiwoom_sim"]


def _creation_flags() -> int:
    """Return flags that exist on Windows only, 0 elsewhere."""
    # A console of its own that nobody sees: Ctrl-C and closing ours do not reach it.
    names = ("CREATE_NO_WINDOW", "CREATE_NEW_PROCESS_GROUP")
    return sum(getattr(subprocess, name, 0) for name in names)


def wait_until_healthy(
    state: State, has_ended: Callable[[], bool], wait_s: float, watch: Watch
) -> Ready | None:
    """Return the addresses when every door answers; None when it ended or takes too long."""
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline and not has_ended():
        ready = state.read_ready()
        if ready is not None and _all_answer(ready):
            return ready
        watch()
        time.sleep(LOOK_S)
    return None


def _all_answer(ready: Ready) -> bool:
    return all(ask(door, url, PROBE_S).is_healthy for door, url in ready.doors.items())


def let_go(process: "subprocess.Popen[bytes]") -> None:
    """Leave a process to itself: whoever started it will not wait for its end."""
    # Without a return code the object would warn, when it is collected, that the process lives.
    process.returncode = 0


def end(process: psutil.Process, wait_s: float, watch: Watch) -> bool:
    """End a process and what it started; return whether it had to be killed."""
    try:
        family = [*process.children(recursive=True), process]
        process.terminate()
    except psutil.NoSuchProcess:
        return False
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        if has_ended(process):
            return False
        watch()
        time.sleep(LOOK_S)
    for each in family:
        _kill(each)
    psutil.wait_procs(family, timeout=wait_s)
    return True


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def has_ended(process: psutil.Process) -> bool:
    """Return whether a process is gone; one that only its parent remembers is."""
    try:
        process.wait(0)
    except psutil.TimeoutExpired:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    return True
