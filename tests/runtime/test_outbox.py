"""Check that held frames leave in time and keep their connection's order."""

from kiwoom_sim.runtime.outbox import Outbox, Outgoing


def item(ms: int, connection: int = 1, frame: bytes = b"") -> Outgoing:
    return Outgoing(ms=ms, to=(connection,), frame=frame)


def test_items_leave_in_order_of_time_then_of_entry() -> None:
    outbox = Outbox()
    for held in (item(20, frame=b"c"), item(10, frame=b"a"), item(10, frame=b"b")):
        outbox.hold(held)
    assert outbox.next_ms == 10
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


def test_nothing_leaves_for_a_connection_that_is_gone() -> None:
    outbox = Outbox()
    outbox.hold(item(5, connection=1))
    outbox.hold(item(5, connection=2))
    outbox.drop(1)
    assert [held.to for held in outbox.release(5)] == [(2,)]
