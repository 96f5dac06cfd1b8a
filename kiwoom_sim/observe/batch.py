"""Empty a queue that another thread may be filling."""

from collections import deque
from typing import TypeVar

T = TypeVar("T")


def drain(queue: deque[T]) -> list[T]:
    """Remove and return what is in a queue, oldest first.

    Each step is one atomic operation, so nothing that is appended meanwhile is lost.
    """
    taken = []
    while queue:
        taken.append(queue.popleft())
    return taken
