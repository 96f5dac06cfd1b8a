from kiwoom_sim.faults.effects import Alter, Answer, Delay
from kiwoom_sim.faults.failure import Failed
from kiwoom_sim.faults.hooks import Call, Effects, HookFunction
from kiwoom_sim.faults.kinds.hook import Hook
from kiwoom_sim.faults.occasion import Occasion
from tests.faults.answers import answer, at_the_socket, occasion


def with_hook(occasion: Occasion, function: HookFunction) -> Occasion:
    occasion.hooks = {"mine": function}
    return occasion


def broken(_: Call) -> None:
    raise ValueError("no")


def test_a_hook_is_shown_facts_args_and_a_stream() -> None:
    def late(call: Call) -> Effects:
        assert "authorization" not in call.facts.headers
        return [Delay(call.args["ms"] + call.stream.below(10) + 100 * call.ordinal)]

    hook = Hook(name="mine", args={"ms": 1_000})
    delays = []
    for ordinal in (1, 2, 1):
        now = with_hook(occasion(ordinal, authorization="Bearer secret"), late)
        (effect,) = hook.effects(now)
        assert isinstance(effect, Delay)
        assert now.draws == [(effect.delay_ms % 100, 10)]
        delays.append(effect.delay_ms)
    assert delays[0] == delays[2]
    assert [delay // 100 for delay in delays] == [11, 12, 11]
    assert hook.mistake() == ""


def test_a_hook_that_wants_nothing_does_nothing() -> None:
    assert Hook(name="mine").effects(with_hook(occasion(), lambda _: None)) == ()


def test_a_hook_that_breaks_is_answered_for_where_there_is_an_answer() -> None:
    (failed,) = Hook(name="mine").effects(with_hook(occasion(), broken))
    assert isinstance(failed, Failed)
    assert (failed.hook, failed.told, failed.answers) == ("mine", "ValueError: no", True)
    (failed,) = Hook(name="mine").effects(with_hook(at_the_socket("frame"), broken))
    assert isinstance(failed, Failed)
    assert not failed.answers


def test_after_the_answer_a_hook_changes_it() -> None:
    def emptied(call: Call) -> Answer:
        assert call.answer == answer()
        return Answer(status=503)

    now = with_hook(occasion(), emptied)
    (effect,) = Hook(name="mine", at="after").effects(now)
    assert isinstance(effect, Alter)
    assert effect.applied(answer()) == Answer(status=503)
