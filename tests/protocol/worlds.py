"""Give tests one small market and the bodies of its answers."""

import json
from functools import cache
from typing import Any

from kiwoom_sim.core.clock import clock_ms, moment, parse_day
from kiwoom_sim.engine.statement import Statement
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.answers import Answer, answer_query
from kiwoom_sim.protocol.brokerage import ACCOUNT_PATH
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import Oddities
from tests.protocol.traded import OWNER, busy

SYMBOLS = (
    "005930", "000660", "005935", "035420", "247540", "086520", "088980", "069500", "114800",
    "530107", "57DFBC", "015760", "000040",
)  # fmt: skip
TODAY = "20260324"


def day(text: str) -> int:
    found = parse_day(text)
    assert found is not None
    return found


@cache
def market() -> Market:
    return Market(MarketConfig(symbols=SYMBOLS), seed=11, start_day=day(TODAY))


def views(hour: int = 10, minute: int = 17, second: int = 23, on: str = TODAY) -> Views:
    return Views(market(), moment(day(on), clock_ms(hour, minute, second)))


@cache
def statement() -> Statement:
    """Return an account that traded every symbol at ten."""
    desk = busy(market(), views(10, 0, 7).now_ms, SYMBOLS)
    return desk.statement(OWNER)


def ask(
    api_id: str,
    at: Views | None = None,
    *,
    next_key: str = "",
    oddities: Oddities = "as-real",
    **body: str,
) -> Answer | Refused:
    spec = loader.spec(api_id)
    assert spec is not None
    seen = at or views()
    if spec.path == ACCOUNT_PATH and seen.statement is None:
        seen = Views(seen.market, seen.now_ms, statement())
    return answer_query(spec, Call(body=body, next_key=next_key, oddities=oddities), seen)


def body_of(
    api_id: str, at: Views | None = None, *, oddities: Oddities = "as-real", **body: str
) -> dict[str, Any]:
    """Return the decoded body; every leaf but `return_code` is a text."""
    answer = ask(api_id, at, oddities=oddities, **body)
    assert isinstance(answer, Answer), answer
    found: dict[str, Any] = json.loads(answer.body)
    assert found.pop("return_code") == 0
    assert found.pop("return_msg")
    for value in found.values():
        rows = value if isinstance(value, list) else [{"": value}]
        assert all(isinstance(leaf, str) for row in rows for leaf in row.values())
    return found


def pages(
    api_id: str, at: Views | None = None, most: int = 50, **body: str
) -> list[list[dict[str, str]]]:
    """Return the rows of all pages, at most `most` of them."""
    spec = loader.spec(api_id)
    assert spec is not None
    found, key = [], ""
    for _ in range(most):
        answer = ask(api_id, at, next_key=key, **body)
        assert isinstance(answer, Answer), answer
        found.append(json.loads(answer.body)[spec.rows])
        key = answer.next_key
        if not key:
            break
    return found
