"""Print what a detached simulator said: `logs`."""

import codecs
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

from kiwoom_sim.cli import options
from kiwoom_sim.cli.instance import state_of
from kiwoom_sim.cli.messages import say
from kiwoom_sim.cli.output import Exit, put, put_json, talk
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.observe.run_directory import RUNS

TAIL = options.Described("--tail", metavar="N", min=0, help="How many lines to begin with.")
FOLLOW = options.Described(
    "--follow", "-f", help="Go on with what is said from now on, until Ctrl-C."
)

LOOK_S = 0.2
LINE_BYTES = 1_000
"""How long a line is taken to be when only the end of a log is read."""


def command(
    *,
    tail: Annotated[int, TAIL] = 100,
    follow: Annotated[bool, FOLLOW] = False,
    runs: Annotated[Path, options.RUNS] = Path(RUNS),
    state: Annotated[Path | None, options.STATE] = None,
    as_json: Annotated[bool, options.JSON] = False,
) -> int:
    """Print the log of the simulator that `up` started."""
    if follow and as_json:
        raise ScenarioError((say("logs.json"),))
    path = state_of(state, runs).log
    if not path.is_file():
        if as_json:
            put_json({"log": str(path), "lines": []})
        talk(say("logs.none", path=path))
        return Exit.FAILED
    if as_json:
        put_json({"log": str(path), "lines": last_lines(path, tail)})
    elif follow:
        _follow(path, tail)
    else:
        for line in last_lines(path, tail):
            put(line)
    return Exit.OK


def last_lines(path: Path, count: int, since: int = 0) -> list[str]:
    """Return the last lines of a file, of what follows an offset in bytes."""
    try:
        with path.open("rb") as file:
            return _last_lines(file, count, since)
    except OSError:
        return []


def _last_lines(file: IO[bytes], count: int, since: int = 0) -> list[str]:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(since if since <= size else 0, size - count * LINE_BYTES))
    lines = file.read().decode("utf-8", "replace").splitlines()
    return lines[-count:] if count else []


def _follow(path: Path, count: int) -> None:
    """Print the last lines and whatever comes after them, until Ctrl-C."""
    try:
        for text in follow_file(path, count):
            sys.stdout.write(text)
            sys.stdout.flush()
    except KeyboardInterrupt:
        return


def follow_file(path: Path, count: int) -> Iterator[str]:
    """Yield the last lines of a file, then what is written to it, for ever.

    A file that is put aside or cut short (a restart can do that) is read from its beginning.
    """
    file = path.open("rb")
    try:
        if lines := _last_lines(file, count):
            yield "\n".join(lines) + "\n"
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            if text := decoder.decode(file.read()):
                yield text
            elif _is_another(path, file):
                file.close()
                file = path.open("rb")
            else:
                time.sleep(LOOK_S)
    finally:
        file.close()


def _is_another(path: Path, file: IO[bytes]) -> bool:
    """Return whether the name stands for another file now, or for less than was read."""
    try:
        named = path.stat()
    except OSError:
        return False
    held = os.fstat(file.fileno())
    return (named.st_ino, named.st_dev) != (held.st_ino, held.st_dev) or named.st_size < file.tell()
