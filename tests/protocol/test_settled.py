from collections.abc import Callable, Hashable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_DAY, clock_ms, moment
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.overlay import Overlay
from kiwoom_sim.market.store import Store
from kiwoom_sim.protocol.answers import Answer
from kiwoom_sim.protocol.settled import settled, settled_of_all
from tests.protocol import worlds

CODE, OTHER = "005930", "000660"
START = worlds.day(worlds.TODAY)
CHART = {"stk_cd": CODE, "base_dt": "20260326"}
CALLS = (
    ("ka10001", {"stk_cd": CODE}),
    ("ka10007", {"stk_cd": CODE}),
    ("ka10080", {**CHART, "tic_scope": "3", "upd_stkpc_tp": "1"}),
    ("ka10081", {**CHART, "upd_stkpc_tp": "0"}),
    ("ka10081", {**CHART, "upd_stkpc_tp": "1"}),
    ("ka10082", {**CHART, "upd_stkpc_tp": "1"}),
)


class ForgetfulStore(Store):
    """Work out what is settled on every question."""

    def get(self, key: Hashable, build: Callable[[], Any], **options: Any) -> Any:
        if isinstance(key, tuple) and key[0] == "settled":
            return build()
        return super().get(key, build, **options)


def open_market(store: Store) -> Market:
    return Market(MarketConfig(symbols=(CODE, OTHER)), seed=11, start_day=START, store=store)


def at(hour: int, minute: int, second: int = 0, day: int = 0) -> int:
    return moment(START + day, clock_ms(hour, minute, second))


def pin(overlay: Overlay, price: int) -> None:
    overlay.pin(CODE, at(9, 20), price, for_ms=90_000)


EVENTS: tuple[Callable[[Overlay, int], None], ...] = (
    lambda overlay, _: overlay.halt(CODE, at(9, 10)),
    lambda overlay, _: overlay.resume(CODE, at(9, 12)),
    pin,
    lambda overlay, _: overlay.split(CODE, START + 2, 5, 1),
)
EDGES = [
    at(8, 59, 59), at(9, 0, 29), at(9, 9, 59), at(9, 10, 1), at(9, 21), at(15, 30, 29),
    at(9, 0, 10, day=1), at(13, 0, day=1), at(8, 0, day=2), at(10, 0, day=2),
]  # fmt: skip


@settings(max_examples=2, deadline=None)
@given(st.lists(st.integers(at(8, 0), at(16, 0, day=2)), min_size=1, max_size=2))
def test_what_is_kept_equals_what_is_worked_out_anew(instants: list[int]) -> None:
    keeping, forgetful = open_market(Store()), open_market(ForgetfulStore())
    for event in (None, *EVENTS):
        if event is not None:
            price = keeping.quote(CODE, at(9, 20)).last
            for market in (keeping, forgetful):
                event(market.overlay, price)
        for now in [*instants, *EDGES]:
            for api_id, body in CALLS:
                kept, anew = (
                    worlds.ask(api_id, Views(market, now), **body)
                    for market in (keeping, forgetful)
                )
                assert kept == anew, (api_id, now, event)


def test_what_is_kept_of_an_index_equals_what_is_worked_out_anew() -> None:
    keeping, forgetful = open_market(Store()), open_market(ForgetfulStore())
    body = {"mrkt_tp": "0", "inds_cd": "001"}
    for day in range(2):
        for now in (at(9, 4, day=day), at(9, 6, day=day)):
            kept, anew = (
                worlds.ask("ka20001", Views(market, now), **body) for market in (keeping, forgetful)
            )
            assert kept == anew
        if day == 0:
            for market in (keeping, forgetful):
                pin(market.overlay, market.quote(CODE, at(9, 20)).last)


@pytest.mark.parametrize("page", [0, 1, 2])
def test_pages_further_back_are_kept_as_well(page: int) -> None:
    market = open_market(Store())
    key = ""
    for _ in range(page + 1):
        first, again = (
            worlds.ask("ka10081", Views(market, now), next_key=key, **CHART)
            for now in (at(10, 0), at(10, 1))
        )
        assert isinstance(first, Answer)
        assert isinstance(again, Answer)
        rows = first.body.split(b"},{")
        assert rows[1:] == again.body.split(b"},{")[1:]
        key = first.next_key


def test_an_event_or_another_day_makes_it_anew() -> None:
    market = open_market(Store())
    built = []

    def ask(now: int, code: str = CODE) -> int:
        views = Views(market, now)
        settled(views, code, ("x",), lambda: built.append(code))
        settled_of_all(views, ("x",), lambda: built.append("all"))
        return len(built)

    assert [ask(at(9, 5)), ask(at(15, 0)), ask(at(9, 5), OTHER)] == [2, 2, 3]
    market.overlay.halt(CODE, at(16, 0))
    assert [ask(at(9, 5)), ask(at(9, 5), OTHER)] == [4, 4]
    assert [ask(at(9, 5) + MS_PER_DAY), ask(at(9, 6) + MS_PER_DAY)] == [6, 6]
