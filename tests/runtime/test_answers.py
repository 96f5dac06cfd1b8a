"""Check that exactly the peers that were sent a PING are waited for, and never for long."""

import asyncio

from kiwoom_sim.runtime.answers import Answers
from kiwoom_sim.runtime.outbox import Outgoing

PING = Outgoing(ms=1, to=(1, 2, 3), frame=b'{"trnm":"PING"}', cause="ping")
LONG_S = 60
SHORT_S = 0.001


def wait(answers: Answers, limit_s: float, *events: tuple[int, str | bytes | None]) -> bool:
    """Wait while something happens; say whether the wait ended before its limit."""

    async def main() -> bool:
        loop = asyncio.get_running_loop()

        def happen() -> None:
            for connection, message in events:
                if message is None:
                    answers.gone(connection)
                else:
                    answers.received(connection, message)

        loop.call_later(SHORT_S, happen)
        began = loop.time()
        async with asyncio.timeout(LONG_S / 2):
            await answers.wait(limit_s)
        return loop.time() - began < limit_s

    return asyncio.run(main())


def test_nobody_is_waited_for_unless_asked() -> None:
    answers = Answers()
    answers.sent(
        [
            Outgoing(ms=1, to=(1,), frame=b"{}", cause="tick"),
            Outgoing(ms=1, to=(2,), close=1000, cause="ping"),
        ]
    )
    assert wait(answers, LONG_S)


def test_all_that_were_asked_have_to_answer_or_go() -> None:
    answers = Answers()
    answers.sent([PING])
    assert wait(answers, LONG_S, (1, '{"trnm":"PING"}'), (2, b'{"trnm":"PING"}'), (3, None))


def test_other_messages_and_other_peers_are_no_answer() -> None:
    answers = Answers()
    answers.sent([PING])
    assert not wait(answers, 0.05, (1, '{"trnm":"REG"}'), (9, '{"trnm":"PING"}'))
    assert wait(answers, LONG_S), "after the limit nothing is expected any more"
