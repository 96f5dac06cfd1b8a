import pytest

from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.match import Match, agrees

CHART = Facts(
    door="rest",
    moment="request",
    wire_ms=1_000,
    connection=2,
    key="key#1",
    api_id="ka10081",
    path="/api/dostk/chart",
    headers={"user-agent": "python-requests/2.32"},
    body={"stk_cd": "005930", "upd_stkpc_tp": 1, "flag": True, "nested": {}},
)
FRAME = Facts(
    door="ws", moment="frame", wire_ms=1_000, connection=5, api_id="REAL", types=("0B", "0D"),
    codes=("005930",),
)  # fmt: skip


def test_an_empty_match_fits_every_rest_request_and_no_frame() -> None:
    assert Match().matches(CHART)
    assert not Match().matches(FRAME)


@pytest.mark.parametrize(
    "match",
    [
        Match(api=("ka10081",)),
        Match(api=("kt*", "ka1008?")),
        Match(group=("chart",)),
        Match(path=("/api/*",)),
        Match(key=("key#1",)),
        Match(client=("key#*",)),
        Match(connection=(1, 2)),
        Match(moment=("request",)),
        Match(header={"User-Agent": ("python*",)}),
        Match(body={"stk_cd": ("005930",)}),
        Match(body={"upd_stkpc_tp": ("1",), "flag": ("true",)}),
    ],
)
def test_each_field_can_agree(match: Match) -> None:
    assert match.matches(CHART)


@pytest.mark.parametrize(
    "match",
    [
        Match(api=("ka10080",)),
        Match(api=("KA10081",)),
        Match(api=("ka10081",), group=("stkinfo",)),
        Match(path=("/oauth2/token",)),
        Match(key=("key#2",)),
        Match(client=("connection#2",)),
        Match(connection=(3,)),
        Match(header={"accept": ("*",)}),
        Match(body={"stk_cd": ("000660",)}),
        Match(body={"nested": ("*",)}),
        Match(body={"absent": ("*",)}),
        Match(type_=("0B",)),
        Match(code=("005930",)),
    ],
)
def test_one_field_that_disagrees_is_enough(match: Match) -> None:
    assert not match.matches(CHART)


def test_frames_are_matched_by_door_moment_type_and_code() -> None:
    assert Match(door="ws", type_=("0D",), code=("0059*",), api=("REAL",)).matches(FRAME)
    assert Match(door="ws", moment=("frame", "message")).matches(FRAME)
    assert not Match(door="ws", moment=("connect",)).matches(FRAME)
    assert not Match(door="ws", type_=("0A",)).matches(FRAME)
    assert not Match(door="ws", code=("000660",)).matches(FRAME)


def test_patterns_are_alternatives() -> None:
    assert agrees(("a", "b*"), "bcd")
    assert not agrees((), "bcd")
