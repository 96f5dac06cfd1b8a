"""Set logging up: the one place where handlers and formats are chosen.

The log is for people; the machine-readable record of a run is the journal.
"""

import logging
from pathlib import Path
from typing import Literal

import msgspec
from typing_extensions import override

Form = Literal["text", "json"]

_QUIET = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "websockets",
    "websockets.server",
    "asyncio",
)


class _JsonFormatter(logging.Formatter):
    """Render a record as one JSON line."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def configure(path: Path | None, *, form: Form = "text", level: int = logging.INFO) -> None:
    """Send the log of all rooms to a file; without one, warnings go to stderr.

    Args:
        path: File to append to.
        form: Text for people or JSON lines.
        level: Least severe level of our own loggers.
    """
    handler: logging.Handler
    handler = logging.FileHandler(path, encoding="utf-8") if path else logging.StreamHandler()
    if path is None:
        handler.setLevel(logging.WARNING)
    handler.setFormatter(
        _JsonFormatter()
        if form == "json"
        else logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    )
    root = logging.getLogger("kiwoom_sim")
    release()
    root.setLevel(level)
    root.propagate = False
    root.addHandler(handler)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def release() -> None:
    """Close the handlers that `configure` installed."""
    root = logging.getLogger("kiwoom_sim")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.propagate = True
