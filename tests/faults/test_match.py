import pytest

from kiwoom_sim.faults.facts import Facts, Moment
from kiwoom_sim.faults.match import Match, WsMatch, agrees

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


def test_an_empty_match_fits_everything_at_its_door() -> None:
    assert Match().matches(CHART)
    assert not Match().matches(FRAME)
    assert WsMatch().matches(FRAME)
    assert not WsMatch().matches(CHART)


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
    ],
)
def test_one_field_that_disagrees_is_enough(match: Match) -> None:
    assert not match.matches(CHART)


def test_frames_are_matched_by_moment_direction_type_and_code() -> None:
    assert WsMatch(direction="out").matches(FRAME)
    assert not WsMatch(direction="in").matches(FRAME)
    assert WsMatch(type_=("0D",), code=("0059*",), api=("REAL",)).matches(FRAME)
    assert WsMatch(moment=("frame", "message")).matches(FRAME)
    assert not WsMatch(moment=("connect",)).matches(FRAME)
    assert not WsMatch(type_=("0A",)).matches(FRAME)
    assert not WsMatch(code=("000660",)).matches(FRAME)


def test_patterns_are_alternatives() -> None:
    assert agrees(("a", "b*"), "bcd")
    assert not agrees((), "bcd")


@pytest.mark.parametrize("moment", ["connect", "message"])
def test_what_the_client_sends_comes_in(moment: Moment) -> None:
    facts = Facts(door="ws", moment=moment, wire_ms=0)
    assert WsMatch(direction="in").matches(facts)
    assert not WsMatch(direction="out").matches(facts)


def test_a_match_tells_which_apis_it_names() -> None:
    assert Match(api=("ka1008*",)).names("ka10081")
    assert not Match(api=("ka1008*",)).names("ka10001")
    assert Match().names("anything")


def test_a_rule_is_about_connections_of_the_rest_door_only_if_it_says_so() -> None:
    opened = Facts(door="rest", moment="connect", wire_ms=0, connection=2)
    assert not Match().matches(opened)
    assert Match(moment=("connect",), connection=(2,)).matches(opened)
    assert not Match(moment=("request",)).matches(opened)
