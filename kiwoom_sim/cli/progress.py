"""Show on a terminal that something takes its time, and for how long; stay silent elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def waiting(text: str, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Show a text and the seconds passed; call what is yielded now and then."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console

    began = time.monotonic()
    with Console(stderr=True, highlight=False).status(text) as shown:
        yield lambda: shown.update(f"{text} {time.monotonic() - began:.0f} s")
