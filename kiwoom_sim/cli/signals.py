"""Tell a run to stop when the system asks for it, on every platform.

Where the event loop takes signals itself, it does. Windows' loops do not: there Python's own
handlers wake the loop, for Ctrl-C and for Ctrl-Break, which is what one process can send another.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)
"""Signals that end a run; SIGBREAK is Windows' Ctrl-Break."""


@contextmanager
def obeyed(obey: Callable[[str], None]) -> Iterator[None]:
    """Call a function, in the running loop, with the name of each signal that says stop.

    Signals reach the main thread only; in any other one nothing is done.
    """
    loop = asyncio.get_running_loop()
    is_main = threading.current_thread() is threading.main_thread()
    with ExitStack() as undoing:
        for number in STOPPING if is_main else ():
            undoing.callback(signal.signal, number, signal.getsignal(number))
            try:
                loop.add_signal_handler(number, obey, number.name)
            except NotImplementedError:
                signal.signal(number, _waking(loop, obey, number))
            else:
                undoing.callback(loop.remove_signal_handler, number)
        yield


def _waking(
    loop: asyncio.AbstractEventLoop, obey: Callable[[str], None], number: signal.Signals
) -> Callable[[int, object], None]:
    """Return a handler of Python's own that hands a signal to the loop."""

    def handle(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(obey, number.name)

    return handle
