"""Check that doors are held exactly as long as the service stands still."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kiwoom_sim.engine.commands import PauseService, RestartService
from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.observe.timing import TimingLog
from kiwoom_sim.runtime.live import Live
from kiwoom_sim.runtime.pacer import Pacer
from kiwoom_sim.runtime.service import Disruption
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.servers.outages import Outages
from kiwoom_sim.servers.stillness import Stillness
from tests.runtime.stories import TEXT
from tests.servers.doors import until


class Watched(Stillness):
    """Remember whether connections are held."""

    class Door:
        """Remember for how long it was shut."""

        def __init__(self) -> None:
            self.shut: list[Shut] = []

        async def interrupt(self, how: Shut) -> None:
            self.shut.append(how)

    door: Door
    is_on = False
    cuts = 0

    def cut(self) -> None:
        self.cuts += 1

    def begin(self) -> None:
        self.is_on = True

    def end(self) -> None:
        self.is_on = False


def pause(live: Live, for_ms: int) -> Disruption:
    """Let the service stop now."""
    service = live.simulation.parts.service
    service.ask(PauseService(for_ms=for_ms), live.now_ms())
    return service.take_due()


@asynccontextmanager
async def outages() -> AsyncIterator[tuple[Live, Watched, Outages]]:
    live = Live(Simulation(parse_scenario(TEXT), epoch_ms=0), Pacer(), TimingLog(None))
    still, door = Watched(), Watched.Door()
    still.door = door
    async with asyncio.TaskGroup() as tasks:
        made = Outages(live, (door,), still, tasks)
        yield live, still, made
        made.end()


def test_a_second_stop_makes_the_first_longer() -> None:
    async def story() -> None:
        async with outages() as (live, still, _):
            live.disrupt(pause(live, 20))
            live.disrupt(pause(live, 60))
            until_ms = live.simulation.parts.service.resume_ms(live.now_ms())
            assert still.is_on
            await until(lambda: not still.is_on)
            assert live.now_ms() >= until_ms >= 60

    asyncio.run(story())


def test_the_end_of_the_run_ends_a_stop() -> None:
    async def story() -> None:
        async with outages() as (live, still, made):
            live.disrupt(pause(live, 3_600_000))
            assert still.is_on
            made.end()
            assert not still.is_on
            live.disrupt(pause(live, 3_600_000))
            assert not still.is_on

    asyncio.run(asyncio.wait_for(story(), 10))


def test_a_restart_shuts_every_door_and_cuts_every_connection() -> None:
    async def story() -> None:
        async with outages() as (live, still, _):
            service = live.simulation.parts.service
            service.ask(RestartService(down_ms=500), live.now_ms())
            live.disrupt(service.take_due())
            assert still.cuts == 1
            await until(lambda: still.door.shut == [Shut(for_ms=500)])

    asyncio.run(story())
