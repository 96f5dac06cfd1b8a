"""Run a client as a process: start it, wait for it, end it politely, leave nothing of it behind.

A client gets a session of its own, so a Ctrl-C at the terminal reaches the simulator alone, which
then ends the client as it ends it at the end of a script: SIGINT, SIGTERM, SIGKILL, with time
between them, to the client and all that it started. Windows knows Ctrl-Break and the end at once.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from kiwoom_sim.errors import StartError

PATIENCE_S = 5.0
"""How long a client has between two signals."""


class Client:
    """Hold a client that was started."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Return the exit code, None while it runs; -N if signal N ended it."""
        return self._process.returncode

    async def wait(self) -> int:
        """Return the exit code when it has ended by itself."""
        return await self._process.wait()

    async def end(self, patience_s: float = PATIENCE_S) -> str:
        """End it and everything it left behind; return the name of the signal that did."""
        used = ""
        for number in _LADDER:
            if self.code is not None:
                break
            used = number.name
            self._signal(number)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), patience_s)
        if self.code is None:
            used = "SIGKILL"
            self.kill()
            await self._process.wait()
        self.kill()
        return used

    def kill(self) -> None:
        """End at once whatever is still there of it."""
        if sys.platform == "win32":
            with suppress(ProcessLookupError):
                self._process.kill()
        else:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            if sys.platform == "win32":
                self._process.send_signal(number)
            else:
                os.killpg(self.pid, number)


def _ladder() -> tuple[signal.Signals, ...]:
    if sys.platform == "win32":
        return (signal.CTRL_BREAK_EVENT,)
    return (signal.SIGINT, signal.SIGTERM)


_LADDER = _ladder()


def check_program(command: Sequence[str], path: str | None) -> None:
    """Make sure that a command exists, before anything is started for it.

    Args:
        command: The command and its arguments.
        path: PATH to look it up in; None = ours.

    Raises:
        StartError: There is no such program.
    """
    if shutil.which(command[0], path=path) is None:
        raise StartError(f"{command[0]}: no such program, or not one that can be run")


async def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdout: int | None = None,
    pass_fds: Sequence[int] = (),
) -> Client:
    """Start a client.

    Args:
        command: The command and its arguments.
        environment: All its variables.
        stdout: Where its output goes; None = where ours does.
        pass_fds: Further open files that it gets.

    Raises:
        StartError: It cannot be started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdout=stdout,
            pass_fds=pass_fds,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except OSError as error:
        raise StartError(f"{command[0]}: cannot be started: {error.strerror or error}") from error
    return Client(process)
