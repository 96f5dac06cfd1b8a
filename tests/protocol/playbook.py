"""Write WebSocket tests as traces: `peer >> login() << ok("LOGIN")`."""

import json
from typing import Any, Self

from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.universe import load_universe
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.ralph.session import Lobby
from kiwoom_sim.protocol.registry import Registry
from kiwoom_sim.protocol.session import HangUp, Output, Send
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.protocol.tokens import Clocks, Token, TokenBook

EPOCH_MS = 1_780_000_000_000


def token_book(config: WireConfig, accounts: tuple[Any, ...] = (), seed: int = 1) -> TokenBook:
    clocks = Clocks(epoch_ms=EPOCH_MS, market_at=lambda wire_ms: 1_774_000_000_000 + 60 * wire_ms)
    return TokenBook(config, accounts, seed=seed, clocks=clocks)


WS_UNIVERSE = load_universe(MarketConfig(symbols=("005930", "000660", "035420", "57DFBC")), 1)


def ws_lobby(tickers: tuple[str, ...] = ()) -> Lobby:
    """Return what sessions of `/ws` share."""
    return Lobby(
        tickers=tickers,
        universe=WS_UNIVERSE,
        registry=Registry(),
        market_at=lambda wire_ms: 1_774_000_000_000 + wire_ms,
    )


class At:
    """Move the stage's clock: `peer >> At(10_000)`."""

    def __init__(self, wire_ms: int) -> None:
        self.wire_ms = wire_ms


class Closed:
    """Expect a hang-up."""

    def __init__(self, code: int = 1000, reason: str = "Bye") -> None:
        self.code, self.reason = code, reason


class Stage:
    """Hold one switchboard and what its peers have not looked at yet."""

    def __init__(self, lobby: Lobby | None = None, **config: Any) -> None:
        self.config = WireConfig(**config)
        self.tokens = token_book(self.config)
        self.board = Switchboard(self.config, self.tokens, lobby)
        self.now = 0
        self.pending: dict[int, list[Output]] = {}

    def token(self, appkey: str = "app") -> str:
        issued = self.tokens.issue(appkey, "secret", self.now)
        assert isinstance(issued, Token)
        return issued.text

    def peer(self, connection: int = 1, path: str = "") -> "Peer":
        self.pending[connection] = []
        self.file(self.board.open(connection, self.now, path))
        return Peer(self, connection)

    def file(self, outputs: list[Output]) -> None:
        for output in outputs:
            self.pending[output.connection].append(output)


class Peer:
    """Send with `>>`, expect with `<<`; expectations are met in order."""

    def __init__(self, stage: Stage, connection: int) -> None:
        self.stage = stage
        self.connection = connection

    def __rshift__(self, sent: dict[str, Any] | str | bytes | At) -> Self:
        if isinstance(sent, At):
            self.stage.now = sent.wire_ms
            self.stage.file(self.stage.board.due(sent.wire_ms))
            return self
        text = json.dumps(sent) if isinstance(sent, dict) else sent
        self.stage.file(self.stage.board.receive(self.connection, text, self.stage.now))
        return self

    def __lshift__(self, expected: dict[str, Any] | Closed) -> Self:
        output = self.stage.pending[self.connection].pop(0)
        if isinstance(expected, Closed):
            assert output == HangUp(self.connection, expected.code, expected.reason)
            return self
        assert isinstance(output, Send), f"hung up instead of {expected}"
        frame = json.loads(output.frame)
        assert {name: frame.get(name) for name in expected} == expected
        return self

    def quiet(self) -> Self:
        assert self.stage.pending[self.connection] == []
        return self


def login(token: str) -> dict[str, Any]:
    return {"trnm": "LOGIN", "token": token}


def register(
    kinds: list[str], items: list[str], group: str = "1", refresh: str | None = "1"
) -> dict[str, Any]:
    message = {"trnm": "REG", "grp_no": group, "data": [{"item": items, "type": kinds}]}
    return message if refresh is None else {**message, "refresh": refresh}


def remove(kinds: list[str], items: list[str], group: str = "1") -> dict[str, Any]:
    return {"trnm": "REMOVE", "grp_no": group, "data": [{"item": items, "type": kinds}]}


def ok(name: str) -> dict[str, Any]:
    return {"trnm": name, "return_code": 0, "return_msg": "", "data": None}


def refused(name: str, code: int) -> dict[str, Any]:
    return {"trnm": name, "return_code": code, "data": None}


def system(code: str) -> dict[str, Any]:
    return {"trnm": "SYSTEM", "code": code, "return_code": None}


PING = {"trnm": "PING"}
