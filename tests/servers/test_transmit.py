"""Check, without a network, in which pieces an answer goes out and what comes after it."""

import asyncio
from typing import Any

from kiwoom_sim.faults.transmission import Pace, Transmit
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.servers.transmit import send_plainly, transmit
from kiwoom_sim.servers.wire import Wire

REPLY = ApiReply(headers=(("api-id", "ka10001"),), body=b'{"return_code":0}')
LENGTH = len(REPLY.body)


class Line:
    """Remember everything that is done with a connection, in order."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.patient = 9

    def write(self, data: bytes) -> None:
        self.done.append(bytes(data))

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, _name: str) -> None:
        return None

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return lambda: self.done.append(name)


def run(how: Transmit, line: Line | None = None) -> list[Any]:
    """Transmit the answer, and return what was written, waited and done."""
    line = line or Line()

    async def story() -> None:
        wire = Wire(line)  # type: ignore[arg-type] # as much of it as is used

        async def wait(by_ms: int) -> None:
            line.done.append(by_ms)
            line.patient -= 1
            if not line.patient:
                wire.patience.end()
                await asyncio.Event().wait()

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                length = dict(message["headers"]).get(b"content-length", b"chunked")
                wire.write(b"HEAD " + length)
            elif message["body"] or not message.get("more_body"):
                wire.write(message["body"])

        await transmit(None if how.is_lost else REPLY, how, wire, send, wait)

    asyncio.run(story())
    return line.done


def test_an_answer_in_one_piece_has_head_and_body() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(send_plainly(REPLY, send))
    assert dict(sent[0]["headers"])[b"content-length"] == b"17"
    assert sent[1] == {"type": "http.response.body", "body": REPLY.body}


def test_a_slow_head_is_waited_for_between_its_pieces() -> None:
    assert run(Transmit(head=Pace(4, 50))) == [b"HEAD", 50, b" 17", REPLY.body, b""]


def test_a_slow_body_follows_its_head_at_once() -> None:
    done = run(Transmit(body=Pace(9, 50)))
    assert done == [b"HEAD 17", REPLY.body[:9], 50, REPLY.body[9:], b""]


def test_a_part_is_never_followed_by_the_proper_end() -> None:
    assert run(Transmit(keep_bytes=3, end="reset")) == [b"HEAD 17", REPLY.body[:3], "abort"]
    assert run(Transmit(keep_bytes=0, end="close")) == [b"HEAD 17", "close"]


def test_a_wrong_length_is_declared() -> None:
    assert run(Transmit(length_by=3, end="close")) == [b"HEAD 20", REPLY.body, "close"]
    assert run(Transmit(length_by=-3)) == [b"HEAD 14", REPLY.body[:14], b"", REPLY.body[14:]]
    assert run(Transmit(length_by=-99)) == [b"HEAD 0", b"", REPLY.body]


def test_filler_goes_on_until_patience_is_over() -> None:
    line = Line()
    line.patient = 3
    done = run(Transmit(filler=b" ", body=Pace(1, 50), end="close"), line)
    assert done == [b"HEAD chunked", REPLY.body, 50, b" ", 50, b" ", 50, "close"]


def test_garbage_and_silence_need_no_answer() -> None:
    assert run(Transmit(garbage=b"\xff", end="close")) == [b"\xff", "close"]
    assert run(Transmit(silent=True, end="close")) == ["close"]
    assert run(Transmit(unasked=True, silent=True, end="reset")) == ["abort"]


def test_a_connection_is_held_for_its_time() -> None:
    assert run(Transmit(silent=True, end="hang", hold_ms=70)) == [70, "close"]
    held = run(Transmit(silent=True, end="half_open", hold_ms=70))
    assert held == ["pause_reading", 70, "abort"]


def test_what_nobody_waits_for_any_more_is_not_sent() -> None:
    line = Line()
    line.patient = 1
    assert run(Transmit(body=Pace(9, 50)), line) == [
        b"HEAD 17", REPLY.body[:9], 50, "abort",
    ]  # fmt: skip
    line = Line()
    line.patient = 1
    assert run(Transmit(head=Pace(4, 50)), line) == [b"HEAD", 50, "abort"]
