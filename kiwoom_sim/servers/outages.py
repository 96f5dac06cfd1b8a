"""Let all doors of a run stand still, or go away and come back, when the service does.

The control door stays open: it is ours, not the broker's.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from kiwoom_sim.engine.commands import PauseService
from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.service import Disruption
from kiwoom_sim.servers.patience import Patience
from kiwoom_sim.servers.stillness import Stillness


class Door(Protocol):
    """Be shut for a while."""

    def interrupt(self, how: Shut) -> Coroutine[Any, Any, None]:
        """Refuse connections for a while, then listen at the same port again."""
        ...


class Outages:
    """Do to the doors what befalls the service.

    Args:
        live: The run.
        doors: What is shut when the service restarts.
        stillness: What is held when it stops, and cut when it restarts.
        tasks: Where waiting is done.
    """

    def __init__(
        self, live: Live, doors: Sequence[Door], stillness: Stillness, tasks: asyncio.TaskGroup
    ) -> None:
        self._live = live
        self._doors = doors
        self._stillness = stillness
        self._tasks = tasks
        self._patience = Patience()
        live.disrupt = self.begin

    def begin(self, disruption: Disruption) -> None:
        """Begin a stop or a restart."""
        command = disruption.command
        if isinstance(command, PauseService):
            self._stillness.begin()
            self._tasks.create_task(self._go_on())
            return
        for door in self._doors:
            self._tasks.create_task(door.interrupt(Shut(for_ms=command.down_ms)))
        self._stillness.cut()

    def end(self) -> None:
        """Hold nothing any more: the run ends."""
        self._live.disrupt = lambda _: None
        self._patience.end()
        self._stillness.end()

    async def _go_on(self) -> None:
        if await self._patience.spend(self._live.delay(0)):
            self._stillness.end()
