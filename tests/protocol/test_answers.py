from typing import Any

import pytest

from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.listing.instruments import load_universe
from kiwoom_sim.market.market import Market
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.answers import Answer
from kiwoom_sim.protocol.queries import GATEWAY_QUERIES
from tests.protocol import worlds

ASK = {
    "stk_cd": "005930", "base_dt": worlds.TODAY, "upd_stkpc_tp": "1", "tic_scope": "1",
    "dt": worlds.TODAY, "strt_dt": worlds.TODAY, "amt_qty_tp": "2", "trde_tp": "0",
    "unit_tp": "1", "mrkt_tp": "0", "inds_cd": "001", "stex_tp": "1",
}  # fmt: skip


def served() -> list[str]:
    found = []
    for api_id in loader.api_ids():
        spec = loader.spec(api_id)
        if spec is not None and spec.served and spec.query not in GATEWAY_QUERIES:
            found.append(api_id)
    return found


@pytest.mark.parametrize("api_id", served())
def test_every_served_api_answers_with_every_field(api_id: str) -> None:
    spec = loader.spec(api_id)
    assert spec is not None
    body = worlds.body_of(api_id, **ASK)
    expected = list(spec.reply) + ([spec.rows] if spec.rows else [])
    assert list(body) == expected
    if spec.rows:
        assert body[spec.rows]
        assert all(list(row) == list(spec.row) for row in body[spec.rows])


@pytest.mark.parametrize("api_id", served())
def test_answers_do_not_depend_on_the_order_of_questions(api_id: str) -> None:
    first = worlds.ask(api_id, **ASK)
    worlds.ask(api_id, worlds.views(14, 2), **ASK)
    assert worlds.ask(api_id, **ASK) == first
    assert isinstance(first, Answer)
    assert first.continues == bool(first.next_key)


@pytest.mark.parametrize("oddities", ["as-real", "clean"])
def test_every_api_answers_at_any_time_of_the_day(oddities: str) -> None:
    for at in (worlds.views(7), worlds.views(8, 45), worlds.views(15, 25), worlds.views(20)):
        for api_id in served():
            worlds.body_of(api_id, at, oddities=oddities, **ASK)  # type: ignore[arg-type]


def test_other_kinds_of_instruments_are_answered_too() -> None:
    for code in worlds.SYMBOLS:
        for api_id in served():
            worlds.body_of(api_id, **(ASK | {"stk_cd": code}))


def test_no_field_is_constant_without_a_reason() -> None:
    """Ask for many instruments on several days; a field that never varies says why."""
    every = load_universe(MarketConfig(), 3).codes
    config = MarketConfig(symbols=tuple(every[::20]))
    seen: dict[tuple[str, str, str], set[str]] = {}
    for on in ("20260323", "20260401"):
        market = Market(config, seed=3, start_day=worlds.day(on))
        at = Views(market, worlds.views(10 + int(on[-1]), 7, on=on).now_ms)
        for api_id in served() if on == "20260323" else quoting():
            for subject in subjects(api_id, market.universe.codes):
                note(seen, api_id, worlds.body_of(api_id, at, **(ASK | subject)))
    silent = []
    for (api_id, section, name), values in seen.items():
        field = getattr(loader.spec(api_id), section)[name]
        if len(values) == 1 and not field.reason:
            silent.append((api_id, name, values))
    assert silent == []


def quoting() -> list[str]:
    """Return the served APIs that show the present, not a history."""
    return [api_id for api_id in served() if api_id < "ka10010" or api_id in {"ka10095", "ka20001"}]


def subjects(api_id: str, codes: list[str]) -> list[dict[str, str]]:
    """Return what to ask an API about."""
    spec = loader.spec(api_id)
    assert spec is not None
    if "inds_cd" in spec.request:
        return [{"inds_cd": code} for code in ("001", "101", "013", "021")]
    if "mrkt_tp" in spec.request:
        return [{"mrkt_tp": code} for code in ("0", "1", "10", "8", "3")]
    long = spec.query.endswith("candles") or spec.api_id in {"ka10015", "ka10005"}
    return [{"stk_cd": code} for code in (codes[::9] if long else codes)]


def note(seen: dict[tuple[str, str, str], set[str]], api_id: str, body: dict[str, Any]) -> None:
    """Remember the values of every field."""
    for name, value in body.items():
        if isinstance(value, list):
            for row in value:
                for key, text in row.items():
                    seen.setdefault((api_id, "row", key), set()).add(text)
        else:
            seen.setdefault((api_id, "reply", name), set()).add(value)


def test_every_api_answers_on_a_day_without_a_session() -> None:
    for at in (worlds.views(11, on="20260328"), worlds.views(11, on="20260329")):
        for api_id in served():
            worlds.body_of(api_id, at, **ASK)
