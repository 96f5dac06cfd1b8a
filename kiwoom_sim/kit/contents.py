"""Gather the files of a kit from a directory or an archive, without trusting either."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kiwoom_sim.errors import KitError
from kiwoom_sim.kit.archives import (
    ENDINGS,
    FILE_BYTES_MAX,
    FILES_MAX,
    TOTAL_BYTES_MAX,
    Entries,
    Files,
    is_archive,
    read_archive,
)
from kiwoom_sim.kit.names import clashes, content_problem, is_left_out, path_problem
from kiwoom_sim.scenario.kits import MANIFEST


def gather(source: Path) -> Files:
    """Return the files of a kit by path; hidden ones are left out.

    A directory that everything else is in, as archives have one, is taken away.

    Raises:
        KitError: There is no such kit, or it holds what no kit may hold.
    """
    if source.is_dir():
        entries = list(_walk(source))
    elif not source.exists():
        raise KitError((f"{source}: no such file, directory or installed kit",))
    elif is_archive(source):
        entries = read_archive(source)
    else:
        raise KitError((f"{source}: neither a directory nor a {', '.join(ENDINGS)}",))
    entries = [entry for entry in entries if not is_left_out(entry[0])]
    problems = clashes(path for path, _ in entries)
    files = dict(entries if source.is_dir() else _without_top(entries))
    problems += [f"{path}: {why}" for path in files if (why := content_problem(path))]
    if MANIFEST not in files:
        problems.append(f"{MANIFEST}: is missing")
    if problems:
        raise KitError(tuple(f"{source}: {problem}" for problem in problems))
    return files


def _without_top(entries: Entries) -> Entries:
    """Return the entries without the directory that all of them are in, if there is one."""
    tops = {path.partition("/")[0] for path, _ in entries}
    if len(tops) != 1 or any("/" not in path for path, _ in entries):
        return entries
    return [(path.partition("/")[2], content) for path, content in entries]


def _walk(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files in a directory by path; no link is followed."""
    waiting, count, total = [home], 0, 0
    while waiting:
        for entry in _entries(waiting.pop()):
            path = Path(entry.path).relative_to(home).as_posix()
            if is_left_out(path):
                continue
            count += 1
            info = entry.stat(follow_symlinks=False)
            why = path_problem(path) or _kind_problem(info.st_mode)
            if not why and stat.S_ISDIR(info.st_mode):
                waiting.append(Path(entry.path))
                continue
            total += info.st_size
            if not why and info.st_size > FILE_BYTES_MAX:
                why = f"is larger than {FILE_BYTES_MAX:,} bytes"
            if why:
                raise KitError((f"{home}: {path!r} {why}",))
            if count > FILES_MAX or total > TOTAL_BYTES_MAX:
                limits = f"{FILES_MAX} entries or {TOTAL_BYTES_MAX:,} bytes"
                raise KitError((f"{home}: more than {limits}",))
            yield path, _read(Path(entry.path))


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise KitError((f"{directory}: {error.strerror}",)) from error


def _kind_problem(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "is a link"
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "is no regular file"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KitError((f"{path}: {error.strerror}",)) from error
