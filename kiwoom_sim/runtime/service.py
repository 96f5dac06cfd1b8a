"""Know when the whole service stands still or goes away, whatever its market does.

A fault asks for it at once (`ask`), the script beforehand (`schedule`); the WebSocket half does
its part when its time comes (`take_due`); the doors learn of it last (`take_orders`).

Not for: stopping anything. `sockets.py` ends sessions, `servers/standstill.py` holds the doors.
"""

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from kiwoom_sim.engine.commands import PauseService, RestartService, ServiceCommand
from kiwoom_sim.faults.effects import Plan
from kiwoom_sim.observe.journal import EventEntry, Journal


class Disruption(Struct, frozen=True, kw_only=True):
    """Hold one stop or restart of the service.

    Attributes:
        ms: Wire time at which it begins.
        until_ms: Wire time at which all is as before.
        longer_ms: By how much it makes an earlier stop longer; all of it where there is none.
        command: What was asked for.
        faults: Ids of the faults that asked for it; none = the script did.
    """

    ms: int
    until_ms: int
    longer_ms: int
    command: ServiceCommand
    faults: tuple[str, ...] = ()


def asked_by(plan: Plan) -> list[tuple[ServiceCommand, str]]:
    """Return the stops and restarts that a plan asks for, each with its fault."""
    return [
        (injection.effect, injection.fault_id)
        for injection in plan.injections
        if isinstance(injection.effect, PauseService | RestartService)
    ]


class Service:
    """Hold the stops and restarts of one run.

    Invariant: stops do not overlap; one that begins within another makes that one longer.

    Args:
        journal: Where it is written down.
        forget: Makes the service forget tokens and what limits counted.
    """

    def __init__(self, journal: Journal, forget: Callable[[], None]) -> None:
        self._journal = journal
        self._forget = forget
        self._later: deque[tuple[int, ServiceCommand]] = deque()
        self._stops: list[tuple[int, int]] = []
        self._due: deque[Disruption] = deque()
        self._orders: list[Disruption] = []

    @property
    def next_ms(self) -> int | None:
        """Return when the WebSocket half has something to do, None if never."""
        asked_ms = self._due[0].ms if self._due else None
        script_ms = self._later[0][0] if self._later else None
        if asked_ms is None or script_ms is None:
            return script_ms if asked_ms is None else asked_ms
        return min(asked_ms, script_ms)

    def resume_ms(self, ms: int) -> int:
        """Return when something that is due at a wire time can happen: then, or after a stop."""
        for start_ms, until_ms in reversed(self._stops):
            if ms >= until_ms:
                break
            if ms >= start_ms:
                return until_ms
        return ms

    def schedule(self, command: ServiceCommand, ms: int) -> None:
        """Take what the script asks for at a time that comes; call in order of these times."""
        self._later.append((ms, command))

    def ask(
        self, command: ServiceCommand, ms: int, faults: tuple[str, ...] = (), seq: int = 0
    ) -> None:
        """Take note of a stop or restart that begins now, and write it down.

        Args:
            command: What is asked for.
            ms: Wire time; never earlier than in the call before.
            faults: Ids of the faults that ask for it.
            seq: Sequence of the record that sets it off, 0 if none does.
        """
        detail: dict[str, str | int]
        if isinstance(command, PauseService):
            event = "service_paused"
            until_ms, longer_ms = self._stop(ms, command.for_ms)
            detail = {"until_ms": until_ms}
        else:
            event = "service_restarted"
            until_ms, longer_ms = ms + command.down_ms, command.down_ms
            detail = {"until_ms": until_ms, "state": "kept" if command.keep_state else "lost"}
        if faults:
            detail["fault"] = " ".join(faults)
        self._journal.event(EventEntry(ms=ms, seq=seq, event=event, detail=detail))
        self._due.append(
            Disruption(
                ms=ms, until_ms=until_ms, longer_ms=longer_ms, command=command, faults=faults
            )
        )

    def take_due(self) -> Disruption:
        """Return what the WebSocket half has to do next, and leave the rest of it to the doors."""
        if not self._due or (self._later and self._later[0][0] < self._due[0].ms):
            ms, command = self._later.popleft()
            self.ask(command, ms)
        disruption = self._due.popleft()
        if isinstance(disruption.command, RestartService) and not disruption.command.keep_state:
            self._forget()
        self._orders.append(disruption)
        return disruption

    def take_orders(self) -> list[Disruption]:
        """Return what the doors have to do, in order, and forget it."""
        orders, self._orders = self._orders, []
        return orders

    def _stop(self, ms: int, for_ms: int) -> tuple[int, int]:
        """Return when a stop ends, and by how much it makes an earlier one longer."""
        old_ms = self.resume_ms(ms)
        until_ms = max(old_ms, ms + for_ms)
        if old_ms > ms:
            start_ms, _ = self._stops.pop()
            self._stops.append((start_ms, until_ms))
            return until_ms, until_ms - old_ms
        self._stops.append((ms, until_ms))
        return until_ms, for_ms
