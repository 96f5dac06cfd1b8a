from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_DAY
from kiwoom_sim.protocol.paging import (
    KEY_LENGTH_MAX,
    PageKey,
    key_of_time,
    page_length,
    read_key,
)
from kiwoom_sim.protocol.refusals import Refused

CODES = st.sampled_from(["005930", "005930_NX", "0156T0_AL", "001"])
TIMES = st.integers(16_000 * MS_PER_DAY, 22_000 * MS_PER_DAY)


@given(CODES, TIMES)
def test_a_key_says_the_instant_it_continues_from(code: str, time_ms: int) -> None:
    text = key_of_time(code, time_ms)
    key = read_key(text, code)
    assert isinstance(key, PageKey)
    assert key.time_ms == time_ms
    assert len(text) <= KEY_LENGTH_MAX
    assert text.startswith(f"A{code}")


@given(CODES, TIMES, st.text(max_size=30))
def test_a_broken_key_is_refused(code: str, time_ms: int, damage: str) -> None:
    good = key_of_time(code, time_ms)
    for text in (damage, good[:-1], good + "0", "B" + good[1:], good.replace("A", "A9")):
        key = read_key(text, code)
        if text != good:
            assert isinstance(key, Refused)
            assert key.code == "1517"
            assert key.parameters["parameter"] == "next-key"


def test_a_key_of_another_code_is_refused() -> None:
    assert isinstance(read_key(key_of_time("000660", 16_000 * MS_PER_DAY), "005930"), Refused)


def test_a_place_outside_the_day_is_refused() -> None:
    assert isinstance(read_key("A00593020260320" + str(MS_PER_DAY), "005930"), Refused)


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(1, 10))
def test_concatenated_pages_are_the_whole(times: list[int], page_size: int) -> None:
    rest = sorted(times, reverse=True)
    whole = list(rest)
    pages: list[int] = []
    while rest:
        length = page_length(rest, page_size)
        page = rest[:length]
        assert length > 0
        assert length <= page_size or len(set(page)) == 1
        pages += page
        rest = [time for time in rest if time < page[-1]]
    assert pages == whole
