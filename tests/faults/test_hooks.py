from typing import Any

import pytest

from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.effects import Answer, Close, Delay, Drop, Reply
from kiwoom_sim.faults.facts import Door, Facts, Moment
from kiwoom_sim.faults.hooks import Call, HookError, answer_of, effects_of, public
from kiwoom_sim.faults.streams import Stream

STREAM = Stream(stream_key(7, "fault", "r|"), ordinal=1, place=0)


def call(door: Door = "rest", moment: Moment = "request", answer: Answer | None = None) -> Call:
    facts = Facts(door=door, moment=moment, wire_ms=0)
    return Call(facts=facts, stream=STREAM, args={}, ordinal=1, answer=answer)


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        (None, ()),
        ([], ()),
        (Delay(5), (Delay(5),)),
        ([Delay(5), Close()], (Delay(5), Close())),
        ((Reply(503, b""), None), (Reply(503, b""),)),
    ],
)
def test_a_hook_returns_one_effect_or_several_or_none(result: Any, wanted: object) -> None:
    assert effects_of("mine", lambda _: result, call()) == wanted


@pytest.mark.parametrize(
    ("door", "moment", "result", "told"),
    [
        ("rest", "request", Drop(), r"TypeError: returned Drop\(.* may return Delay, Reply, Refus"),
        ("rest", "connect", Reply(503, b""), "at a connect it may return Delay, Close"),
        ("ws", "frame", Reply(503, b""), "at a frame it may return Delay, Drop, Replace"),
        ("ws", "message", "late", "returned 'late'; at a message"),
    ],
)
def test_what_a_door_cannot_do_is_an_error_of_the_hook(
    door: Door, moment: Moment, result: Any, told: str
) -> None:
    with pytest.raises(HookError, match=told):
        effects_of("mine", lambda _: result, call(door, moment))


def test_what_a_hook_raises_is_its_error() -> None:
    def broken(_: Call) -> None:
        raise KeyError("rows")

    with pytest.raises(HookError, match="KeyError: 'rows'") as caught:
        effects_of("mine", broken, call())
    assert (caught.value.hook, type(caught.value.cause)) == ("mine", KeyError)
    with pytest.raises(HookError, match="rows"):
        answer_of("mine", broken, call(answer=Answer()))


def test_after_the_answer_a_hook_returns_another_one_or_none() -> None:
    before = Answer(body=b"{}")
    assert answer_of("mine", lambda _: None, call(answer=before)) is before
    assert answer_of("mine", lambda _: Answer(body=b""), call(answer=before)).body == b""
    with pytest.raises(HookError, match='with at = "after" it may return an Answer or None'):
        answer_of("mine", lambda _: Delay(5), call(answer=before))


def test_facts_of_a_hook_have_no_secrets() -> None:
    facts = Facts(
        door="ws", moment="message", wire_ms=0, key="key#1",
        headers={"authorization": "Bearer x", "user-agent": "curl"},
        body={"trnm": "LOGIN", "token": "x"}, text=b'{"trnm":"LOGIN","token":"x"}',
    )  # fmt: skip
    shown = public(facts)
    assert shown.headers == {"user-agent": "curl"}
    assert (shown.body, shown.text, shown.client) == ({"trnm": "LOGIN"}, b"", "key#1")
    plain = Facts(door="ws", moment="frame", wire_ms=0, body={"trnm": "REAL"}, text=b"text")
    assert public(plain).text == b"text"
