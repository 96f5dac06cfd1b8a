"""Check that bodies of any kind survive a record."""

from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.observe.records import Record, split_body


@given(st.binary())
def test_any_body_survives(body: bytes) -> None:
    text, raw = split_body(body)
    assert Record(ms=0, seq=1, kind="bytes", text=text, raw=raw).body == body
