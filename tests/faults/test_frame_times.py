import msgspec
import pytest

from kiwoom_sim.faults.frame_times import retimed, shifted


def push(**values: str) -> bytes:
    return msgspec.json.encode({"trnm": "REAL", "data": [{"type": "0B", "values": values}]})


@pytest.mark.parametrize(
    ("time", "by_ms", "told"),
    [
        ("093001", -90_000, "092831"),
        ("153000", 3_600_000, "163000"),
        ("000010", -20_000, "235950"),
        ("093001", 400, "093001"),
        ("", 1_000, ""),
        ("09:30:", 1_000, "09:30:"),
    ],
)
def test_times_of_day_are_later_or_earlier(time: str, by_ms: int, told: str) -> None:
    frame = push(**{"10": "+70000", "20": time, "21": time})
    assert shifted(frame, by_ms) == push(**{"10": "+70000", "20": told, "21": told})


def test_time_stamps_keep_their_form() -> None:
    text = b'{"type":"realtime_price","timestamp":"2026-03-23T09:30:00.120+09:00"}'
    assert b'"2026-03-23T09:28:30.120+09:00"' in shifted(text, -90_000)


@pytest.mark.parametrize("text", [b"{", b"[1]", b'{"trnm":"PING"}', b'{"timestamp":"soon"}'])
def test_what_has_no_time_stays_as_it_is(text: bytes) -> None:
    assert shifted(text, 1_000) is text


def test_old_values_can_have_new_times() -> None:
    new = msgspec.json.decode(push(**{"10": "2", "20": "093002", "21": "093003"}))
    assert retimed(push(**{"10": "1", "20": "093001"}), new) == push(**{"10": "1", "20": "093002"})
