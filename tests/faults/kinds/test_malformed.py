import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.effects import Answer
from kiwoom_sim.faults.kinds.malformed import Malformed
from tests.faults.answers import answer, changed, leaves_alone


@given(st.integers(1, 10_000), st.sampled_from(["cut", "damaged", "empty"]))
def test_the_body_is_never_json(ordinal: int, form: str) -> None:
    sent = changed(Malformed(form=form), ordinal=ordinal)  # type: ignore[arg-type] # one of them
    with pytest.raises(json.JSONDecodeError):
        json.loads(sent.body.decode())
    assert sent.headers == answer().headers


def test_a_cut_leaves_the_beginning_and_never_half_a_letter() -> None:
    body = answer().body
    for keep_bps in range(0, 10_000, 7):
        sent = changed(Malformed(keep_bps=keep_bps)).body
        assert body.startswith(sent)
        assert len(body) * keep_bps // 10_000 - len(sent) in range(3)
        sent.decode()


def test_damage_changes_one_sign() -> None:
    before, after = answer().body, changed(Malformed(form="damaged")).body
    (place,) = [i for i, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    assert before[place] in b"[]{}:,"
    assert after[place] == ord("#")


def test_what_has_nothing_to_break_is_left_alone() -> None:
    assert leaves_alone(Malformed(), Answer(body=b""))
    assert leaves_alone(Malformed(form="damaged"), Answer(body=b"0"))


def test_only_a_cut_keeps_a_share() -> None:
    assert Malformed(form="empty", keep_bps=5).mistake()
    assert not Malformed(keep_bps=5).mistake()
    assert not Malformed(form="empty").mistake()
