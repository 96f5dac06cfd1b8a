"""Check that held frames leave in time and keep their connection's order, unless held aside."""

from kiwoom_sim.runtime.outbox import Outbox, Outgoing


def item(ms: int, connection: int = 1, frame: bytes = b"") -> Outgoing:
    return Outgoing(ms=ms, to=(connection,), frame=frame)


def test_items_leave_in_order_of_time_then_of_entry() -> None:
    outbox = Outbox()
    assert outbox.is_empty
    for held in (item(20, frame=b"c"), item(10, frame=b"a"), item(10, frame=b"b")):
        outbox.hold(held)
    assert outbox.next_ms == 10
    assert not outbox.is_empty
    assert [held.frame for held in outbox.release(15)] == [b"a", b"b"]
    assert [held.frame for held in outbox.release(20)] == [b"c"]
    assert outbox.next_ms is None


def test_a_later_frame_waits_behind_a_held_one() -> None:
    outbox = Outbox()
    outbox.hold(item(50))
    assert outbox.free_ms(1, 10) == 50
    assert outbox.free_ms(2, 10) == 10
    outbox.release(50)
    assert outbox.free_ms(1, 10) == 10


def test_a_later_frame_passes_one_that_is_held_aside() -> None:
    outbox = Outbox()
    outbox.hold_aside(item(50, frame=b"a"))
    assert outbox.free_ms(1, 10) == 10
    assert outbox.passed((1,)) == []
    assert [held.frame for held in outbox.release(50)] == [b"a"]
    assert outbox.is_empty


def test_what_was_passed_often_enough_leaves_at_once() -> None:
    outbox = Outbox()
    outbox.hold_aside(item(50, frame=b"a"), passes=2)
    outbox.hold_aside(item(50, connection=2, frame=b"b"), passes=1)
    assert outbox.passed((1,)) == []
    assert [held.frame for held in outbox.passed((1, 2))] == [b"a", b"b"]
    assert (outbox.is_empty, outbox.next_ms, outbox.release(99)) == (True, None, [])


def test_a_newer_frame_takes_the_place_of_one_with_its_key() -> None:
    outbox = Outbox()
    assert outbox.hold_aside(item(50, frame=b"a"), key="k") is None
    assert outbox.hold_aside(item(50, frame=b"b"), key="other") is None
    assert outbox.hold_aside(item(50, connection=2, frame=b"c"), key="k") is None
    replaced = outbox.hold_aside(item(60, frame=b"d"), key="k")
    assert replaced is not None
    assert replaced.frame == b"a"
    assert [held.frame for held in outbox.release(60)] == [b"b", b"c", b"d"]


def test_nothing_leaves_for_a_connection_that_is_gone() -> None:
    outbox = Outbox()
    outbox.hold(item(5, connection=1, frame=b"a"))
    outbox.hold_aside(item(4, connection=1, frame=b"b"), passes=1)
    outbox.hold(item(5, connection=2))
    assert [held.frame for held in outbox.drop(1)] == [b"a", b"b"]
    assert outbox.passed((1,)) == []
    assert outbox.next_ms == 5
    assert [held.to for held in outbox.release(5)] == [(2,)]
