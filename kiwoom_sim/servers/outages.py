"""Let all doors of a run stand still when the service does.

The control door stays open: it is ours, not the broker's.
"""

import asyncio

from kiwoom_sim.engine.commands import PauseService
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.service import Disruption
from kiwoom_sim.servers.patience import Patience
from kiwoom_sim.servers.stillness import Stillness


class Outages:
    """Do to the doors what befalls the service.

    Args:
        live: The run.
        stillness: What is held when it stops.
        tasks: Where waiting is done.
    """

    def __init__(self, live: Live, stillness: Stillness, tasks: asyncio.TaskGroup) -> None:
        self._live = live
        self._stillness = stillness
        self._tasks = tasks
        self._patience = Patience()
        live.disrupt = self.begin

    def begin(self, disruption: Disruption) -> None:
        """Begin a stop."""
        if isinstance(disruption.command, PauseService):
            self._stillness.begin()
            self._tasks.create_task(self._go_on())

    def end(self) -> None:
        """Hold nothing any more: the run ends."""
        self._live.disrupt = lambda _: None
        self._patience.end()
        self._stillness.end()

    async def _go_on(self) -> None:
        if await self._patience.spend(self._live.delay(0)):
            self._stillness.end()
