"""Check when the entrances of a door are shut and opened again."""

import asyncio

from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.servers.interruption import Interruption


class Door:
    """Remember what is done with it."""

    def __init__(self, done: list[str], name: str) -> None:
        self._done, self._name = done, name

    def shut(self) -> None:
        self._done.append(f"shut {self._name}")

    async def open(self) -> None:
        self._done.append(f"open {self._name}")


def test_every_entrance_is_shut_at_once_and_opened_after_its_time() -> None:
    async def story() -> None:
        done: list[str] = []
        over = asyncio.Event()

        async def wait(by_ms: int) -> None:
            done.append(f"wait {by_ms}")
            await over.wait()

        interruption = Interruption("rest", wait)
        interruption.involve(Door(done, "plain"))
        interruption.involve(Door(done, "tls"))
        first = asyncio.ensure_future(interruption.run(Shut(for_ms=70), lambda: done.append("cut")))
        await asyncio.sleep(0)
        await interruption.run(Shut(for_ms=5, cut=False), done.clear)
        assert (interruption.is_on, done) == (True, ["shut plain", "shut tls", "cut", "wait 70"])
        over.set()
        await first
        assert (interruption.is_on, done[4:]) == (False, ["open plain", "open tls"])

    asyncio.run(story())


def test_at_the_end_nothing_is_opened_any_more() -> None:
    async def story() -> None:
        done: list[str] = []
        interruption = Interruption("rest", lambda _: asyncio.Event().wait())  # type: ignore[arg-type,return-value] # never done
        interruption.involve(Door(done, "plain"))
        first = asyncio.ensure_future(interruption.run(Shut(for_ms=70), lambda: done.append("cut")))
        await asyncio.sleep(0)
        interruption.end()
        await first
        assert (interruption.is_on, done) == (True, ["shut plain", "cut"])

    asyncio.run(story())
