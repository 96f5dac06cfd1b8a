"""Write one lane of the journal: JSON lines with a running digest and bounded segments.

Not for: deciding what is written (`journal`). A lane sees finished lines only.
"""

import hashlib
from pathlib import Path

import msgspec

SEGMENTS_PER_LANE = 4


class Lane:
    """Append lines to `<name>.jsonl`, then `<name>.0002.jsonl`, ...; keep the newest segments.

    Attributes:
        name: Name of the lane.
        count: Lines so far, dropped ones included.
    """

    def __init__(self, name: str, directory: Path | None, limit_bytes: int) -> None:
        self.name = name
        self.count = 0
        self._directory = directory
        self._segment_limit = max(limit_bytes // SEGMENTS_PER_LANE, 1)
        self._digest = hashlib.sha256()
        self._segment = 1
        self._size = 0

    @property
    def digest(self) -> str:
        """Return the digest of every line so far, whether kept or dropped."""
        return self._digest.hexdigest()

    def write(self, lines: list[bytes]) -> None:
        """Append finished lines."""
        if not lines:
            return
        self.count += len(lines)
        block = b"\n".join(lines) + b"\n"
        self._digest.update(block)
        if self._directory is None:
            return
        if self._size and self._size + len(block) > self._segment_limit:
            self._rotate()
        with self._file(self._segment).open("ab") as file:
            file.write(block)
        self._size += len(block)

    def _file(self, segment: int) -> Path:
        assert self._directory is not None
        number = "" if segment == 1 else f".{segment:04d}"
        return self._directory / f"{self.name}{number}.jsonl"

    def _rotate(self) -> None:
        """Begin the next segment; replace the oldest beyond the limit by a marker."""
        self._segment += 1
        self._size = 0
        oldest = self._segment - SEGMENTS_PER_LANE
        if oldest >= 1:
            marker = {"dropped": self._file(oldest).name, "lane": self.name}
            self._file(oldest).write_bytes(msgspec.json.encode(marker) + b"\n")


def lane_files(directory: Path, name: str) -> list[Path]:
    """Return the segments of a lane, oldest first."""
    first = directory / f"{name}.jsonl"
    return [*([first] if first.exists() else []), *sorted(directory.glob(f"{name}.[0-9]*.jsonl"))]
