import pytest

from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.streams import DRAWS_MAX, Stream

KEY = stream_key(7, "fault", "rule|key#1")


def numbers(ordinal: int = 1, place: int = 0, count: int = 50) -> list[int]:
    stream = Stream(KEY, ordinal=ordinal, place=place)
    return [stream.below(1_000) for _ in range(count)]


def test_draws_are_those_of_the_occasion_and_come_again() -> None:
    assert numbers() == numbers()
    assert len(set(numbers())) > 30
    assert numbers(ordinal=2) != numbers()
    assert numbers(place=1) != numbers()


def test_what_was_drawn_is_listed_for_the_journal() -> None:
    draws: list[tuple[int, int]] = [(1, 2)]
    stream = Stream(KEY, ordinal=1, place=0, draws=draws)
    value = stream.below(6)
    assert draws == [(1, 2), (value, 6)]


def test_a_bound_must_have_room_and_draws_come_to_an_end() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Stream(KEY, ordinal=1, place=0).below(0)
    with pytest.raises(ValueError, match=f"{DRAWS_MAX} times"):
        numbers(count=DRAWS_MAX + 1)
