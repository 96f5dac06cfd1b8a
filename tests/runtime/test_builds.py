"""Check that a thing is generated once for all who ask, and that a failure reaches them."""

import asyncio
import logging
import threading

import pytest

from kiwoom_sim.market.store import NotReady
from kiwoom_sim.runtime.builds import Builds


def test_several_askers_share_one_build() -> None:
    made: list[str] = []
    may_go = threading.Event()

    def build() -> None:
        may_go.wait(30)
        made.append(threading.current_thread().name)

    async def main() -> None:
        builds = Builds()
        missing = NotReady("unit", build)
        asking = [asyncio.ensure_future(builds.build(missing)) for _ in range(3)]
        await asyncio.sleep(0)
        assert len(builds) == 1
        asking[0].cancel()
        may_go.set()
        await asyncio.gather(*asking[1:])
        await asyncio.sleep(0)
        assert len(builds) == 0
        builds.shut_down()

    asyncio.run(main())
    assert [name.startswith("market") for name in made] == [True]


def test_a_build_that_fails_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        builds = Builds()
        with pytest.raises(ZeroDivisionError):
            await builds.build(NotReady("unit", broken))
        assert len(builds) == 0
        assert await builds.run(lambda: 7) == 7
        builds.shut_down()

    with caplog.at_level(logging.ERROR, "kiwoom_sim"):
        asyncio.run(main())
    assert "generation failed, key=unit" in caplog.text
