"""Keep the state of a simulator that runs detached: which process it is, and its files.

```text
kiwoom-sim-runs/up/
  instance.json   the process (pid and creation time) and what it was asked to run
  ready.json      the ready file of `run`: there when every door answers
  log.txt         what it said, of one start after the other
  lock            held while something is started or removed here
```

A pid alone proves nothing, because pids are used again. A process is ours if it was created at
the time that is on record, or if its command line names our ready file (the computer's clock may
have been set since). Anything else is never waited for, and never ended.

Not for: starting and ending processes (`detached.py`).
"""

import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec
import psutil
from msgspec import Struct

from kiwoom_sim.cli.messages import say
from kiwoom_sim.errors import StartError
from kiwoom_sim.observe.run_directory import RUNS

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

SCHEMA = 1
DIRECTORY = "up"
LOG_BYTES_MAX = 10_000_000
LOCK_LOOK_S = 0.05
CREATED_TOLERANCE_S = 0.5


class Instance(Struct, frozen=True, kw_only=True):
    """Hold what is on record about a simulator that was started.

    Attributes:
        created_s: When the process was created, in seconds since 1970.
        scenario, seed: What it runs.
        asked: The command line that starts the same.
        runs: Directory of its runs.
        resolved: The scenario with every value, by which two starts are compared.
        started: When it was started, Korean time.
    """

    schema: int = SCHEMA
    pid: int
    created_s: float
    scenario: str
    seed: int
    asked: str
    runs: str
    resolved: str
    started: str


class Ready(Struct, frozen=True, kw_only=True):
    """Hold what a ready file says.

    Attributes:
        rest, ws, control: Bases without a path.
        run: Id of the run.
        pid: Process that serves.
    """

    rest: str
    ws: str
    control: str
    run: str
    pid: int

    @property
    def doors(self) -> dict[str, str]:
        """Return the base of each door that has a health page."""
        return {"rest": self.rest, "ws": self.ws, "control": self.control}


class State:
    """Name the files of one state directory, and read and write them.

    Attributes:
        options: What a command line needs to mean this directory, with a space before it.
    """

    def __init__(self, directory: Path, options: str = "") -> None:
        self.directory = directory.absolute()
        self.options = options
        self.record = self.directory / "instance.json"
        self.ready = self.directory / "ready.json"
        self.log = self.directory / "log.txt"

    def read(self) -> Instance | None:
        """Return what is on record; None if nothing is.

        Raises:
            ValueError: The file is damaged.
        """
        try:
            return msgspec.json.decode(self.record.read_bytes(), type=Instance)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise ValueError(say("up.damaged", path=self.record, reason=error)) from error

    def read_ready(self) -> Ready | None:
        """Return the addresses, None as long as not every door is open."""
        try:
            return msgspec.json.decode(self.ready.read_bytes(), type=Ready)
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, instance: Instance) -> None:
        """Put an instance on record, in one step."""
        draft = self.record.with_name("instance.json.part")
        draft.write_bytes(msgspec.json.encode(instance) + b"\n")
        draft.replace(self.record)

    def clear(self) -> None:
        """Forget the instance; its log stays."""
        self.record.unlink(missing_ok=True)
        self.ready.unlink(missing_ok=True)

    def process_of(self, instance: Instance) -> psutil.Process | None:
        """Return the process of an instance, None if it has ended; never somebody else's."""
        try:
            process = psutil.Process(instance.pid)
            is_ours = abs(process.create_time() - instance.created_s) < CREATED_TOLERANCE_S
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return process if is_ours or self._is_named_by(process) else None
        except psutil.Error:
            return None

    def _is_named_by(self, process: psutil.Process) -> bool:
        return any(word.endswith(str(self.ready)) for word in process.cmdline())

    @contextmanager
    def locked(self, wait_s: float) -> Iterator[None]:
        """Let nobody else start or remove anything here meanwhile.

        Raises:
            StartError: Somebody else holds the lock for too long, or it cannot be made.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            file = (self.directory / "lock").open("a+b")
        except OSError as error:
            reason = error.strerror or error
            raise StartError(say("up.unwritable", path=self.directory, reason=reason)) from error
        deadline = time.monotonic() + wait_s
        with file:
            while not _take(file):
                if time.monotonic() >= deadline:
                    raise StartError(say("up.locked", path=self.directory))
                time.sleep(LOCK_LOOK_S)
            yield  # closing the file, or dying, gives the lock back

    def open_log(self) -> IO[bytes]:
        """Return the log to append to; a large one is put aside first."""
        with suppress(OSError):
            if self.log.stat().st_size > LOG_BYTES_MAX:
                self.log.replace(self.log.with_name("log.1.txt"))
        return self.log.open("ab")


def state_of(directory: Path | None, runs: Path) -> State:
    """Return the state in a directory; None stands for the usual place among the runs."""
    if directory is not None:
        return State(directory, f" --state {shlex.quote(str(directory))}")
    options = "" if runs == Path(RUNS) else f" --runs {shlex.quote(str(runs))}"
    return State(runs / DIRECTORY, options)


def _take(file: IO[bytes]) -> bool:
    """Take the lock of an open file, unless somebody else has it."""
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
