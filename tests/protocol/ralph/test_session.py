"""Check what a client of `/ws` is told, and that what it says wrong changes nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.ralph.session import EVERYBODY, PATH, RalphSession
from kiwoom_sim.protocol.session import HangUp
from tests.protocol.playbook import WS_UNIVERSE, At, Stage, login, ok, ws_lobby

DEFAULT = ("005930", "000660")


class WsStage(Stage):
    """Hold a switchboard whose peers come to `/ws`."""

    def __init__(self) -> None:
        self.lobby = ws_lobby(DEFAULT)
        super().__init__(self.lobby)

    def heard(self, connection: int = 1) -> list[str]:
        """Return the tickers whose prices a connection hears."""
        pairs = self.lobby.registry.pairs(connection)
        return [ticker for pair in pairs if pair != EVERYBODY for ticker in pair[1:]]


def subscribe(*tickers: str) -> dict[str, Any]:
    return {"type": "subscribe", **named(tickers)}


def unsubscribe(*tickers: str) -> dict[str, Any]:
    return {"type": "unsubscribe", **named(tickers)}


def named(tickers: tuple[str, ...]) -> dict[str, Any]:
    return {"ticker": tickers[0]} if len(tickers) == 1 else {"tickers": list(tickers)}


def told(kind: str, **members: Any) -> dict[str, Any]:
    return {"type": kind, **members}


def test_a_client_is_welcomed_and_hears_the_configured_tickers() -> None:
    stage = WsStage()
    stage.now = 1_500
    peer = stage.peer(1, PATH)
    peer << told("connected", timestamp="2026-03-20T09:46:41.500+09:00")
    peer.quiet()
    assert stage.heard() == list(DEFAULT)


def test_a_first_subscribe_makes_the_set_its_own() -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH) << told("connected")
    peer >> subscribe("035420") << told("subscribed", ticker="035420")
    assert stage.heard() == ["035420"]
    peer >> subscribe("005930") << told("subscribed", ticker="005930")
    assert stage.heard() == ["035420", "005930"]
    peer >> unsubscribe("035420") << told("unsubscribed", ticker="035420")
    peer >> unsubscribe("005930") << told("unsubscribed", ticker="005930")
    assert stage.heard() == []
    peer >> subscribe("000660")
    assert stage.heard() == ["000660"]


def test_a_first_unsubscribe_takes_one_of_the_configured_tickers_away() -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH) << told("connected")
    peer >> unsubscribe("005930") << told("unsubscribed", ticker="005930")
    assert stage.heard() == ["000660"]
    peer >> subscribe("035420") << told("subscribed", ticker="035420")
    assert stage.heard() == ["000660", "035420"]


def test_several_tickers_are_answered_one_by_one() -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH) << told("connected")
    peer >> {"type": "subscribe", "ticker": "035420", "tickers": ["000660", " 035420 "]}
    peer << told("subscribed", ticker="035420") << told("subscribed", ticker="000660")
    peer.quiet()
    assert stage.heard() == ["035420", "000660"]
    peer >> {"type": "unsubscribe", "tickers": "000660"} << told("unsubscribed", ticker="000660")
    assert stage.heard() == ["035420"]


def test_repeating_oneself_changes_nothing() -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH) >> subscribe("035420") >> subscribe("035420")
    peer >> unsubscribe("000660")
    assert stage.heard() == ["035420"]
    assert len(stage.pending[1]) == 4


@pytest.mark.parametrize("text", ['{"type":"ping"}', b'{"type":"ping"}'])
def test_ping_is_answered_in_market_time(text: str | bytes) -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH) << told("connected")
    peer >> At(2_000) >> text << told("pong", timestamp="2026-03-20T09:46:42.000+09:00")
    assert stage.heard() == list(DEFAULT)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ('{"type":', "JSON"),
        ("", "JSON"),
        (b"\xff\xfe", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[1]", "JSON"),
        ('"ping"', "JSON"),
        ({}, "type"),
        ({"type": None}, "subscribe, unsubscribe, ping"),
        ({"type": "Subscribe"}, '"subscribe"?'),
        ({"type": "subscribed", "ticker": "005930"}, '"subscribe"?'),
        ({"type": "buy"}, "subscribe, unsubscribe, ping"),
        ({"type": ["ping"]}, "subscribe, unsubscribe, ping"),
        ({"trnm": "LOGIN", "token": "x"}, "type"),
        ({"type": "subscribe"}, "ticker"),
        ({"type": "subscribe", "tickers": []}, "ticker"),
        ({"type": "unsubscribe"}, "ticker"),
        ({"type": "subscribe", "ticker": ""}, "ticker"),
        ({"type": "subscribe", "ticker": 5930}, '"005930"?'),
        ({"type": "subscribe", "ticker": "5930"}, '"005930"?'),
        ({"type": "subscribe", "ticker": "KRX:005930"}, '"005930"?'),
        ({"type": "subscribe", "ticker": "57dfbc"}, '"57DFBC"?'),
        ({"type": "subscribe", "ticker": "삼성전자"}, '"005930"?'),
        ({"type": "subscribe", "ticker": "999999"}, '"999999"'),
        ({"type": "subscribe", "tickers": ["000660", "nonsense"]}, "nonsense"),
        ({"type": "subscribe", "tickers": [["000660"]]}, "000660"),
        ({"type": "subscribe", "ticker": "x" * 10_000}, "x…"),
    ],
)  # fmt: skip
def test_mistakes_are_told_and_change_nothing(message: Any, says: str) -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH) << told("connected")
    before = stage.lobby.registry.revision
    peer >> message
    error = json.loads(stage.pending[1][0].frame)  # type: ignore[union-attr] # a frame
    assert (error["type"], list(error)) == ("error", ["type", "message", "timestamp"])
    assert says in error["message"]
    assert len(error["message"]) < 200
    assert stage.lobby.registry.revision == before
    peer << told("error") >> {"type": "ping"} << told("pong")


def test_a_closed_client_leaves_nothing_behind() -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH) << told("connected")
    stage.board.close(1)
    assert stage.lobby.registry.listeners(EVERYBODY) == ()
    assert stage.heard() == []
    assert stage.board.connections() == ()
    (peer >> {"type": "ping"}).quiet()


def test_clients_do_not_kick_each_other_nor_official_ones() -> None:
    stage = WsStage()
    official = stage.peer(1) >> login(stage.token()) << ok("LOGIN")
    for connection in (2, 3):
        stage.peer(connection, PATH) << told("connected")
    assert stage.board.connections() == (1, 2, 3)
    official.quiet()
    assert stage.lobby.registry.listeners(EVERYBODY) == (2, 3)
    stage.board.configure(WireConfig())
    due_ms = stage.board.next_due_ms
    assert due_ms is not None
    assert {output.connection for output in stage.board.due(due_ms)} == {1}


def test_where_the_dialect_is_off_the_path_is_as_any_other() -> None:
    stage = Stage()
    stage.peer(1, PATH).quiet()
    assert stage.board.session(1).__class__.__name__ == "Session"


def test_an_ended_session_is_silent() -> None:
    session = RalphSession(4, ws_lobby())
    assert session.is_open
    assert session.end() == [HangUp(4)]
    assert (session.end(), session.receive('{"type":"ping"}', 0), session.due(5)) == ([], [], [])
    assert session.has_ended


@given(
    st.lists(
        st.tuples(st.booleans(), st.lists(st.sampled_from([*WS_UNIVERSE.codes, "?"]), max_size=3))
    )
)
def test_the_set_is_what_was_chosen(steps: list[tuple[bool, list[str]]]) -> None:
    stage = WsStage()
    peer = stage.peer(1, PATH)
    wanted: list[str] | None = None
    for joins, tickers in steps:
        peer >> {"type": "subscribe" if joins else "unsubscribe", "tickers": tickers}
        if not tickers or "?" in tickers:
            continue
        before = wanted if wanted is not None else [] if joins else list(DEFAULT)
        added = dict.fromkeys([*before, *tickers])
        wanted = list(added) if joins else [code for code in before if code not in tickers]
    assert sorted(stage.heard()) == sorted(wanted if wanted is not None else DEFAULT)
