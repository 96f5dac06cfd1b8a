"""Stop listening for a while, at every socket that leads to a door.

Not for: connections that are open already; whoever interrupts a door decides about those.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.servers.patience import Patience
from kiwoom_sim.servers.transmit import Wait

log = logging.getLogger(__name__)


class Entrance(Protocol):
    """Let connections in, or refuse them."""

    def shut(self) -> None:
        """Refuse connections from now on."""
        ...

    def open(self) -> Awaitable[None]:
        """Take connections again, at the same port."""
        ...


class Interruption:
    """Hold the entrances of one door, and shut them together.

    Attributes:
        is_on: Whether they are shut now.
    """

    def __init__(self, door: str, wait: Wait) -> None:
        self.is_on = False
        self._door = door
        self._wait = wait
        self._entrances: list[Entrance] = []
        self._patience = Patience()

    def involve(self, entrance: Entrance) -> None:
        """Shut one more entrance whenever the others are."""
        self._entrances.append(entrance)

    async def run(self, how: Shut, cut: Callable[[], None]) -> None:
        """Shut the entrances and open them again; while they are shut, only cut what is open.

        Args:
            how: For how long, and whether to cut.
            cut: Resets the connections of the door, so that whoever comes back is refused.
        """
        was_on, self.is_on = self.is_on, True
        for entrance in () if was_on else self._entrances:
            entrance.shut()
        if how.cut:
            cut()
        if was_on:
            return
        log.info("door shut, door=%s, for_ms=%s", self._door, how.for_ms)
        if await self._patience.spend(self._wait(how.for_ms)):
            await self._patience.spend(self._open())

    def end(self) -> None:
        """Leave the entrances as they are from now on: the run ends."""
        self._patience.end()

    async def _open(self) -> None:
        for entrance in self._entrances:
            await entrance.open()
        self.is_on = False
        log.info("door open again, door=%s", self._door)
