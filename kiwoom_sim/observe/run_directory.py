"""Make and read the directory of a run.

```text
kiwoom-sim-runs/normal_market-0001/
  scenario.toml            the resolved scenario
  trace.jsonl              everything that came in
  journal/{rest,ws,events}.jsonl
  digests.json             what a replay has to reproduce; written when the run ends
  timing.jsonl             wall-clock times, outside every digest
  log.txt
```

Not for: the content of those files.
"""

from pathlib import Path

import msgspec

from kiwoom_sim.errors import ReplayError, StartError

RUNS = "kiwoom-sim-runs"
_RUNS_MAX = 9_999

Digests = dict[str, dict[str, str | int]]


class RunDirectory:
    """Name the files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def run(self) -> str:
        """Return the id of the run."""
        return self.path.name

    @property
    def scenario(self) -> Path:
        """Return the file of the resolved scenario."""
        return self.path / "scenario.toml"

    @property
    def journal(self) -> Path:
        """Return the directory of the journal."""
        return self.path / "journal"

    @property
    def log(self) -> Path:
        """Return the log file."""
        return self.path / "log.txt"

    @property
    def ended(self) -> bool:
        """Return whether the run came to its end; else it goes on, or was cut short."""
        return (self.path / "digests.json").exists()

    def write_digests(self, digests: Digests) -> None:
        """Write what a replay has to reproduce."""
        text = msgspec.json.format(msgspec.json.encode(digests), indent=2)
        (self.path / "digests.json").write_bytes(text + b"\n")

    def read_digests(self) -> Digests:
        """Return what a replay has to reproduce.

        Raises:
            ReplayError: They cannot be read, or the run has not `ended`.
        """
        path = self.path / "digests.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Digests)
        except OSError as error:
            raise ReplayError(f"{path}: cannot be read: {error.strerror}") from error
        except msgspec.MsgspecError as error:
            raise ReplayError(f"{path}: {error}") from error


def create(parent: Path, name: str) -> RunDirectory:
    """Make the directory of the next run of a scenario.

    Raises:
        StartError: It cannot be made.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        taken = [_number(path.name, name) for path in parent.glob(f"{name}-*")]
        for number in range(max(taken, default=0) + 1, _RUNS_MAX + 1):
            path = parent / f"{name}-{number:04d}"
            try:
                path.mkdir()
            except FileExistsError:
                continue
            (path / "journal").mkdir()
            return RunDirectory(path)
    except OSError as error:
        raise StartError(f"{parent}: cannot keep the run there: {error.strerror}") from error
    raise StartError(f"{parent}: has {_RUNS_MAX} runs of {name}; remove some")


def _number(directory: str, name: str) -> int:
    digits = directory.removeprefix(f"{name}-")
    return int(digits) if digits.isdecimal() else 0
