"""Measure what the `until` of a phase compares: counts since the phase began, and what is now.

Not for: deciding. A live run looks here and makes a record of what it finds; a replay goes by
that record and never looks.
"""

from collections import Counter
from collections.abc import Callable

from kiwoom_sim.faults.until import EVENT, FAULT
from kiwoom_sim.observe.metrics import Metrics


class Tally:
    """Hold what was counted when the phase in force began.

    Args:
        metrics: What is counted over the whole run.
        connections: Gives the number of open WebSocket connections.
    """

    def __init__(self, metrics: Metrics, connections: Callable[[], int]) -> None:
        self._metrics = metrics
        self._connections = connections
        self._happened: set[str] = set()
        self._before: Counter[str] = Counter()

    def begin(self) -> None:
        """Count from here on: a phase begins."""
        self._before = self._counts()

    def happened(self, event: str) -> None:
        """Take note of a market event."""
        self._happened.add(event)

    def measure(self, name: str) -> int:
        """Return what a measure is now."""
        if name == "ws.connections":
            return self._connections()
        if name.startswith(EVENT):
            return int(name.removeprefix(EVENT) in self._happened)
        return self._counts()[name] - self._before[name]

    def _counts(self) -> Counter[str]:
        metrics = self._metrics
        counts = Counter(
            {
                "rest.requests": metrics.request_count,
                "rest.refused": metrics.refusals.total(),
                "token.issued": metrics.tokens,
                "ws.messages": metrics.messages,
                "fault.injected": metrics.faults.total(),
            }
        )
        for (rule, _), count in metrics.faults.items():
            counts[FAULT + rule] += count
        return counts
