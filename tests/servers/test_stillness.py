import asyncio
import socket
from typing import cast

from kiwoom_sim.servers.stillness import Stillness


class Line:
    """Stand for a transport."""

    def __init__(self, name: str, log: list[str], *, reading: bool = True) -> None:
        self.name, self.log, self.reading, self.closing = name, log, reading, False

    def is_reading(self) -> bool:
        return self.reading

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True
        self.log.append(self.name)


def met(still: Stillness, line: Line) -> asyncio.Transport:
    transport = cast("asyncio.Transport", line)
    still.meet(transport)
    return transport


def test_all_are_held_and_read_again_in_order_of_arrival() -> None:
    still, log = Stillness(), list[str]()
    first = Line("first", log)
    met(still, first)
    still.begin()
    late = Line("late", log)
    met(still, late)
    assert not first.reading
    assert not late.reading
    still.begin()
    still.end()
    assert log == ["first", "late"]
    met(still, Line("next", log))
    assert log == ["first", "late"]


def test_whom_a_fault_stopped_reading_stays_unread() -> None:
    still, log = Stillness(), list[str]()
    deaf = Line("deaf", log, reading=False)
    met(still, deaf)
    still.begin()
    still.end()
    assert not deaf.reading


def test_who_is_gone_is_left_alone() -> None:
    still, log = Stillness(), list[str]()
    lost = met(still, Line("lost", log))
    closing = Line("closing", log)
    met(still, closing)
    still.begin()
    still.part(lost)
    closing.closing = True
    still.end()
    assert log == []


def test_all_can_be_cut_with_a_reset() -> None:
    async def story() -> None:
        still = Stillness()
        left, right = socket.socketpair()
        transport, _ = await asyncio.get_running_loop().create_connection(
            asyncio.Protocol, sock=left
        )
        still.meet(transport)
        still.cut()
        assert transport.is_closing()
        still.part(transport)
        still.cut()
        right.close()

    asyncio.run(story())
