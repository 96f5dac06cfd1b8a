"""Check that waits end when they are of no use any more."""

import asyncio

import pytest

from kiwoom_sim.servers.patience import Patience


def test_work_that_is_done_in_time_is_done() -> None:
    async def story() -> None:
        patience = Patience()
        assert await patience.spend(asyncio.sleep(0))
        patience.end()
        assert not await patience.spend(asyncio.sleep(5))

    asyncio.run(story())


def test_all_who_wait_hear_of_the_end_and_it_may_be_said_twice() -> None:
    async def story() -> None:
        patience, heard = Patience(), []

        async def wait() -> None:
            heard.append(await patience.spend(asyncio.sleep(60)))
            await patience.last()

        async with asyncio.TaskGroup() as tasks:
            for _ in range(2):
                tasks.create_task(wait())
            await asyncio.sleep(0)
            patience.end()
            patience.end()
        assert heard == [False, False]

    asyncio.run(story())


def test_what_goes_wrong_in_the_work_is_told() -> None:
    async def fail() -> None:
        raise TimeoutError("mine")

    async def story() -> None:
        with pytest.raises(TimeoutError, match="mine"):
            await Patience().spend(fail())

    asyncio.run(story())


def test_it_may_be_ended_twice_before_anybody_hears_of_it() -> None:
    async def story() -> None:
        patience = Patience()
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(patience.spend(asyncio.Event().wait()))
            await asyncio.sleep(0)
            patience.end()
            while not waiting.done():
                patience.end()
                await asyncio.sleep(0)
        assert not waiting.result()

    asyncio.run(story())
