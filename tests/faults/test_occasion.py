import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.occasion import Memory, Occasion

KEY = stream_key(7, "fault", "rule|key#1")


def occasion(ordinal: int = 1, place: int = 0, wire_ms: int = 0) -> Occasion:
    facts = Facts(door="rest", moment="request", wire_ms=wire_ms)
    return Occasion(facts, key=KEY, ordinal=ordinal, place=place, memory=Memory())


def frame_occasion(
    text: bytes = b'{"trnm":"REAL"}',
    *,
    wire_ms: int = 0,
    connection: int = 1,
    code: str = "005930",
    memory: Memory | None = None,
) -> Occasion:
    """Return an occasion on which a frame of 0B is sent."""
    body = msgspec.json.decode(text)
    facts = Facts(
        door="ws", moment="frame", wire_ms=wire_ms, connection=connection, api_id="REAL",
        types=("0B",), codes=(code,), body=body if isinstance(body, dict) else {}, text=text,
    )  # fmt: skip
    return Occasion(facts, key=KEY, ordinal=1, place=0, memory=memory or Memory())


def test_texts_are_kept_by_connection_and_subject() -> None:
    memory = Memory()
    frame_occasion(memory=memory).keep("0B", b"x")
    assert frame_occasion(memory=memory).recall("0B") == b"x"
    assert frame_occasion(memory=memory).recall("0D") is None
    assert frame_occasion(memory=memory, connection=2).recall("0B") is None


def test_draws_repeat_and_differ_by_ordinal_place_and_lane() -> None:
    draws = [
        occasion().draw_below(10**9),
        occasion(ordinal=2).draw_below(10**9),
        occasion(place=1).draw_below(10**9),
        occasion().draw_below(10**9, lane=1),
    ]
    assert len(set(draws)) == 4
    assert occasion().draw_below(10**9) == draws[0]


def test_a_kind_may_not_draw_from_the_lanes_of_its_neighbour() -> None:
    with pytest.raises(AssertionError):
        occasion().draw_below(10, lane=16)


def test_a_sliding_window_is_exact_to_one_call() -> None:
    memory = Memory()
    passed = [memory.admit("a", 2, 1_000, ms) for ms in (0, 10, 999, 1_000, 1_009, 1_010)]
    assert passed == [True, True, False, True, False, True]


def test_scopes_are_counted_apart() -> None:
    memory = Memory()
    assert memory.admit("a", 1, 1_000, 0)
    assert memory.admit("b", 1, 1_000, 0)


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(0, 5))
def test_no_window_ever_passes_more_than_the_limit(gaps: list[int], limit: int) -> None:
    memory, now_ms, passed = Memory(), 0, []
    for gap in gaps:
        now_ms += gap
        if memory.admit("", limit, 1_000, now_ms):
            passed.append(now_ms)
    for start_ms in passed:
        assert sum(start_ms <= ms < start_ms + 1_000 for ms in passed) <= limit
