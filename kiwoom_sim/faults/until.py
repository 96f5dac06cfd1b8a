"""Say what ends a phase: a measure of the run that reaches a number, or an event.

Not for: measuring (`runtime/tally.py`). Whoever finds that a condition holds makes a record of
it; a run goes by the record alone.
"""

from operator import eq, ge, gt, le, lt
from typing import Literal

from msgspec import Struct

Sign = Literal[">=", "<=", "==", ">", "<"]

MEASURES = {
    "rest.requests": "REST requests that were answered, since the phase began",
    "rest.refused": "refusals with one of the broker's codes, since the phase began",
    "token.issued": "token requests that were granted, since the phase began",
    "ws.connections": "WebSocket connections that are open now",
    "ws.messages": "messages of clients, since the phase began",
    "fault.injected": "faults that were injected, since the phase began",
}
"""What can be compared, besides `event.ID` and `fault.ID`."""

EVENT = "event."
"""Begins the name of a market event by its id; 1 once it happened in the run."""

FAULT = "fault."
"""Begins the name of a rule by its id: its injections since the phase began."""

_COMPARE = {">=": ge, "<=": le, "==": eq, ">": gt, "<": lt}


class Until(Struct, frozen=True):
    """Compare a measure with a number.

    Attributes:
        measure: Name of the measure ("ws.connections", "event.vi").
        sign: How it is compared.
        value: What with.
    """

    measure: str
    sign: Sign = ">="
    value: int = 1

    def holds(self, measured: int) -> bool:
        """Return whether a measured number fits."""
        return bool(_COMPARE[self.sign](measured, self.value))
