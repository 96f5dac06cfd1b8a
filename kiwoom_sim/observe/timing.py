"""Write how long answers took, by the wall clock: outside the journal and every digest."""

from collections import deque
from pathlib import Path

import msgspec

from kiwoom_sim.observe.batch import drain

FILE_NAME = "timing.jsonl"


class TimingLog:
    """Append (sequence, microseconds) pairs to a file; without a directory, keep nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._path = directory / FILE_NAME if directory else None
        self._pending: deque[dict[str, int]] = deque()

    def answered(self, seq: int, microseconds: int) -> None:
        """Take how long the answer to a request took to make."""
        if self._path is not None:
            self._pending.append({"seq": seq, "us": microseconds})

    def flush(self) -> None:
        """Write what was taken so far."""
        if self._path is not None and self._pending:
            with self._path.open("ab") as file:
                file.write(msgspec.json.Encoder().encode_lines(drain(self._pending)))
