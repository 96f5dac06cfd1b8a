"""Check that signals reach a run, also where the event loop takes none (Windows)."""

import asyncio
import signal
import threading

import pytest

from kiwoom_sim.cli.signals import STOPPING, obeyed


def no_signals(*_: object) -> None:
    raise NotImplementedError


async def first_signal(*, native: bool) -> str:
    """Raise SIGINT in this process and return the name that was heard."""
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[str] = loop.create_future()
    with pytest.MonkeyPatch.context() as patch:
        if not native:
            patch.setattr(loop, "add_signal_handler", no_signals, raising=True)
        with obeyed(heard.set_result):
            signal.raise_signal(signal.SIGINT)
            return await asyncio.wait_for(heard, 30)


@pytest.mark.parametrize("native", [True, False], ids=["loop", "python"])
def test_a_signal_is_heard_once_and_the_former_handlers_return(native: bool) -> None:
    before = [signal.getsignal(number) for number in STOPPING]
    loop = asyncio.SelectorEventLoop()
    try:
        assert loop.run_until_complete(first_signal(native=native)) == "SIGINT"
    finally:
        loop.close()
    assert [signal.getsignal(number) for number in STOPPING] == before


def test_no_signal_is_waited_for_outside_the_main_thread() -> None:
    before = [signal.getsignal(number) for number in STOPPING]
    during = []

    async def look() -> None:
        with obeyed(print):
            during.extend(signal.getsignal(number) for number in STOPPING)

    thread = threading.Thread(target=asyncio.run, args=[look()])
    thread.start()
    thread.join(30)
    assert during == before


def test_the_usual_ways_to_stop_are_obeyed() -> None:
    assert {signal.SIGINT, signal.SIGTERM} <= set(STOPPING)
