"""End what a client leaves behind, also what left its process group, such as a daemon.

On Linux this process can ask to become the parent of whatever loses its own among its
descendants; so nothing that a client started gets out of sight. Elsewhere only those are found
whose parents still live.
"""

import ctypes
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

import psutil

PR_SET_CHILD_SUBREAPER = 36
ROUNDS = 20
"""How often is looked for processes that were started while others were ended."""

WAIT_S = 0.5


@contextmanager
def adopted() -> Iterator[None]:
    """Be the parent of orphans for as long as the context lasts."""
    _adopt(1)
    try:
        yield
    finally:
        _adopt(0)


def end(spared: Collection[int] = ()) -> None:
    """End all descendants of this process at once.

    Args:
        spared: Ids of processes that are left alone; what they started is not.
    """
    for _ in range(ROUNDS):
        found = [each for each in _descendants() if each.pid not in spared]
        if not found:
            return
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(found, timeout=WAIT_S)


def _descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def _adopt(switch: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, switch, 0, 0, 0)
