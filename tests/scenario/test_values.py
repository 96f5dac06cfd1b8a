import re
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import moment_from_datetime
from kiwoom_sim.core.meters import Rate
from kiwoom_sim.faults.when import Window
from kiwoom_sim.scenario import values
from kiwoom_sim.scenario.events import At


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250ms", (250, False)),
        ("5s", (5_000, False)),
        ("1.5s", (1_500, False)),
        ("2m", (120_000, False)),
        ("1h", (3_600_000, False)),
        ("5s@market", (5_000, True)),
        ("0s", (0, False)),
    ],
)
def test_durations(text: str, expected: tuple[int, bool]) -> None:
    assert values.parse_duration(text) == expected


@pytest.mark.parametrize("wrong", ["5", "5 s", "-5s", "s", "1d", "1.5ms", "٣s", "", 5, True, None])
def test_what_is_no_duration(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"not a (duration|whole)"):
        values.parse_duration(wrong)


def test_speed_turns_market_into_wire_time_and_back() -> None:
    assert values.wire_duration("30m@market", 60) == 30_000
    assert values.wire_duration("30s", 60) == 30_000
    assert values.duration_ms("30m@market", 60) == values.duration_ms(30_000, 60) == 30_000
    assert values.market_duration("30s", 60) == 1_800_000
    assert values.market_duration("30s@market", 60) == 30_000


@pytest.mark.parametrize(
    ("value", "bps"), [("10%", 1_000), ("0.5%", 50), ("100%", 10_000), (0.1, 1_000), (1, 10_000)]
)
def test_rates(value: object, bps: int) -> None:
    assert values.parse_rate(value) == bps


@pytest.mark.parametrize("wrong", ["101%", "10", "-1%", 1.5, -0.1, True, 0.00001, [], "1.234%"])
def test_what_is_no_rate(wrong: object) -> None:
    with pytest.raises(ValueError, match="is not a chance"):
        values.parse_rate(wrong)


@pytest.mark.parametrize(
    ("text", "rate", "written"),
    [
        ("5/1s", Rate(5, 1_000), "5/1s"), ("5/s", Rate(5, 1_000), "5/1s"),
        ("1/500ms", Rate(1, 500), "1/500ms"), ("300/1m", Rate(300, 60_000), "300/1m"),
        ("0/1h", Rate(0, 3_600_000), "0/1h"),
    ],
)  # fmt: skip
def test_rates_of_calls(text: str, rate: Rate, written: str) -> None:
    assert values.parse_frequency(text) == rate
    assert values.write_frequency(rate) == written
    assert re.search(values.FREQUENCY_PATTERN, text)


@pytest.mark.parametrize("wrong", [5, "5", "5/0s", "-1/1s", "5/1.5s", "5 / 1s", "/1s", "5/1d"])
def test_what_is_no_rate_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="is not a rate; write it as"):
        values.parse_frequency(wrong)


def test_sizes() -> None:
    assert values.parse_size("256MB") == 256_000_000
    assert [values.write_size(size) for size in (1_000, 2_000_000, 3_000_000_000)] == [
        "1KB", "2MB", "3GB",
    ]  # fmt: skip
    assert [values.write_size(size) for size in (0, 64, 1_500)] == ["0B", "64B", "1500B"]
    assert values.parse_size("64B") == 64
    with pytest.raises(ValueError, match="not a size"):
        values.parse_size("256")


def test_moments() -> None:
    start = datetime(2026, 3, 23, 9, 30)  # noqa: DTZ001 - Korean by definition
    assert values.parse_moment(start) == moment_from_datetime(start)
    assert values.parse_moment("2026-03-23T09:30:00") == moment_from_datetime(start)
    assert values.parse_moment("now") is None
    for wrong in ("soon", date(2026, 3, 23), 7, datetime.fromisoformat("2026-03-23T09:30:00Z")):
        with pytest.raises(ValueError, match=r"date and time|time zone"):
            values.parse_moment(wrong)


def test_windows() -> None:
    assert values.parse_window(["20s", "26s"]) == Window(20_000, 26_000)
    assert values.parse_window(["+0s", "+1m"]) == Window(0, 60_000, of_phase=True)
    for wrong in ("20s", ["20s"], ["+20s", "26s"], ["26s", "20s"], ["2s", "9s@market"], [1, 2]):
        with pytest.raises(ValueError, match=r"stretch|ends"):
            values.parse_window(wrong, 5)
    assert values.parse_window(["+10s@market", "+6s"], 5) == Window(2_000, 6_000, of_phase=True)


@pytest.mark.parametrize(
    ("text", "speed", "rate"),
    [
        ("5/1s", 20, Rate(5, 1_000)),
        ("5/1s@market", 1, Rate(5, 1_000)),
        ("5/1s@market", 20, Rate(5, 50)),
        ("1/s@market", 3, Rate(3, 1_000)),
        ("2/100ms@market", 40, Rate(4, 5)),
    ],
)
def test_a_rate_of_market_time_is_faster_on_the_wire(text: str, speed: int, rate: Rate) -> None:
    assert values.parse_frequency(text, speed) == rate


def test_times_of_events() -> None:
    moment = datetime(2026, 3, 23, 9, 30)  # noqa: DTZ001 - Korean by definition
    assert values.parse_at(time(9, 1, 10)) == At("day", 32_470_000)
    assert values.parse_at(moment) == At("moment", moment_from_datetime(moment))
    assert values.parse_at("30s") == At("run", 30_000)
    assert values.parse_at("30s@market") == At("start", 30_000)
    with pytest.raises(ValueError, match="is not a time"):
        values.parse_at("noon")


@given(st.integers(0, 10**11))
def test_durations_read_back(milliseconds: int) -> None:
    assert values.parse_duration(values.write_duration(milliseconds)) == (milliseconds, False)


@given(st.integers(0, 10_000))
def test_rates_read_back(bps: int) -> None:
    assert values.parse_rate(values.write_rate(bps)) == bps


@given(
    st.sampled_from(["run", "start", "day", "moment"]),
    st.integers(0, 86_399).map(lambda s: s * 1000),
)
def test_times_of_events_read_back(of: str, ms: int) -> None:
    at = At(of, ms)
    assert values.parse_at(values.write_at(at)) == at


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.booleans())
def test_windows_read_back(from_ms: int, length_ms: int, of_phase: bool) -> None:
    window = Window(from_ms, from_ms + length_ms, of_phase=of_phase)
    assert values.parse_window(values.write_window(window)) == window


def test_values_are_shown_as_toml_writes_them() -> None:
    shown = values.show({"a": [True, 1, 'q"\n'], "b.c": {}, "t": time(9, 0)})
    assert shown == '{ a = [true, 1, "q\\"\\n"], "b.c" = {}, t = 09:00:00 }'
    assert values.show_key("rest.*") == '"rest.*"'


@pytest.mark.parametrize("body", ["", "a text", {}, {"a": [1, 2.5, True, {"b": "c"}]}])
def test_bodies(body: object) -> None:
    assert values.parse_body(body) == body


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (5, "not a table"),
        ([1], "not a table"),
        ({"a": date(2026, 1, 1)}, "write it as a text"),
        ({"a": [float("inf")]}, "no such number"),
        ({"a": 2**70}, "write it as a text"),
    ],
)
def test_what_cannot_be_a_body(body: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        values.parse_body(body)
