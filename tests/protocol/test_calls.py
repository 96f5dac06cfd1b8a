import pytest

from kiwoom_sim.market.records import Venue
from kiwoom_sim.protocol.calls import (
    Call,
    Parts,
    bad_value,
    history_start,
    last_day,
    split_symbol,
    unknown_symbol,
)
from kiwoom_sim.protocol.refusals import Refused, return_message
from tests.protocol import worlds


@pytest.mark.parametrize(
    ("text", "code", "venue"),
    [("005930", "005930", Venue.KRX), ("005930_NX", "005930", Venue.NXT),
     ("0156T0_AL", "0156T0", Venue.ALL), ("", "", Venue.KRX)],
)  # fmt: skip
def test_a_suffix_names_the_venue(text: str, code: str, venue: Venue) -> None:
    assert split_symbol(text) == (code, venue)


def test_an_empty_request_field_counts_as_missing() -> None:
    call = Call(body={"a": "  ", "b": " x "})
    assert (call.text("a", "d"), call.text("b"), call.text("c")) == ("d", "x", "")


def test_the_first_part_that_has_a_name_wins() -> None:
    parts = Parts(Call(body={}, next_key="k"), Call(body={"a": "b"}))
    assert parts.next_key == "k"
    with pytest.raises(AttributeError):
        _ = parts.nonsense


def test_refusals_name_the_parameter() -> None:
    assert "파라미터=base_dt" in return_message(bad_value("base_dt", "x"))[1]
    assert "999999" in return_message(unknown_symbol("999999"))[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20260324", "20260324"), ("20260322", "20260320"), ("20991231", "20260324"),
     ("", "20260324"), ("20150101", "20150101")],
)  # fmt: skip
def test_a_date_means_the_session_at_or_before_it(text: str, expected: str) -> None:
    found = last_day(Call(body={"base_dt": text}), worlds.views())
    assert found == worlds.day(expected)


@pytest.mark.parametrize("text", ["2026032", "20261332", "yesterday"])
def test_a_malformed_date_is_refused(text: str) -> None:
    found = last_day(Call(body={"base_dt": text}), worlds.views())
    assert isinstance(found, Refused)
    assert found.code == "1517"


def test_history_starts_with_the_first_session_of_2015() -> None:
    assert history_start(worlds.views()) == worlds.day("20150102")
