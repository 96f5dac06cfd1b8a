from kiwoom_sim.faults.effects import (
    NO_FAULT,
    Alter,
    Amend,
    Answer,
    Backdate,
    Close,
    Delay,
    Drop,
    Effect,
    Extra,
    Hold,
    Injection,
    Plan,
    Refuse,
    Reply,
    Spoil,
)
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.kick import Kick
from kiwoom_sim.faults.kinds.paging_cut import PagingCut
from kiwoom_sim.faults.rules import WsRule
from kiwoom_sim.faults.transmission import Pace, Shut, Transmit
from tests.faults.test_occasion import occasion


def plan(*effects: Effect) -> Plan:
    return Plan(
        injections=tuple(
            Injection(fault_id=f"f{i}", rule="r", kind="k", effect=effect)
            for i, effect in enumerate(effects, 1)
        )
    )


def test_no_fault_asks_for_nothing() -> None:
    assert (NO_FAULT.delay_ms, NO_FAULT.instead, NO_FAULT.close) == (0, None, None)


def test_delays_add_up() -> None:
    assert plan(Delay(200), Close(1011), Delay(50, after=True)).delay_ms == 250


def test_what_is_spoiled_is_listed_in_order() -> None:
    spoiled = plan(Delay(5), Spoil("expired"), Spoil("address")).spoils
    assert [(i.fault_id, i.effect) for i in spoiled] == [
        ("f2", Spoil("expired")), ("f3", Spoil("address")),
    ]  # fmt: skip
    assert NO_FAULT.spoils == ()


def test_the_first_answer_and_the_first_closing_count() -> None:
    busy, refused = Reply(503, b"{}"), Refuse("1700")
    both = plan(Delay(5), busy, refused, Close(1011), Close(0))
    assert both.instead == busy
    assert both.close == Close(1011)
    assert plan(refused).instead == refused


def test_effects_are_found_by_their_sort() -> None:
    both = plan(Extra(b"a"), Drop(), Extra(b"b"), Hold(5))
    assert both.each(Extra) == (Extra(b"a"), Extra(b"b"))
    assert both.first(Drop) == Drop()
    assert both.first(Delay) is None


def test_all_effects_of_a_kind_on_one_occasion_are_one_fault() -> None:
    made = FaultEngine(rules=(WsRule(id="r", do=(Kick(), Disconnect())),)).decide(
        Facts(door="ws", moment="frame", wire_ms=0)
    )
    assert len(made.injections) == 3
    assert made.fault_ids == ("f1", "f2")
    assert made.faults == (("r", "kick"), ("r", "disconnect"))


def test_changes_of_request_and_answer_are_listed_in_order() -> None:
    cut = Alter(PagingCut(), occasion(), headers=(("a", "2"),))
    both = plan(Amend((("a", "1"), ("b", "1"))), Delay(5), cut, Backdate(days=1), Backdate())
    assert [injection.fault_id for injection in both.alterations] == ["f3"]
    assert both.amendments == {"a": "2", "b": "1"}
    assert both.backdate == Backdate(days=1)
    assert (NO_FAULT.alterations, NO_FAULT.amendments, NO_FAULT.backdate) == ((), {}, None)


def test_an_answer_knows_its_headers() -> None:
    answer = Answer(headers=(("cont-yn", "Y"),))
    assert (answer.header("cont-yn"), answer.header("next-key")) == ("Y", "")


def test_transmissions_are_joined_and_the_first_one_wins() -> None:
    slow, cut = Transmit(body=Pace(1, 1), keep_bps=900), Transmit(keep_bps=5_000, end="close")
    assert plan(slow, cut).transmit == Transmit(body=Pace(1, 1), keep_bps=900, end="close")
    assert NO_FAULT.transmit is None


def test_what_never_reaches_the_world_and_what_never_reaches_the_client() -> None:
    stories = [
        (Delay(5), False, False),
        (Reply(503, b""), False, False),
        (Close(), True, True),
        (Close(after=True), False, True),
        (Transmit(body=Pace(1, 1)), False, False),
        (Transmit(silent=True), False, True),
        (Transmit(garbage=b"x"), False, True),
        (Transmit(unasked=True, silent=True), True, True),
        (Shut(for_ms=5), True, True),
        (Shut(for_ms=5, cut=False), False, False),
    ]
    for effect, unasked, lost in stories:
        assert (plan(effect).is_unasked, plan(effect).is_lost) == (unasked, lost), effect
    assert plan(Delay(5), Shut(for_ms=5)).shut == Shut(for_ms=5)
    assert NO_FAULT.shut is None
