"""Check that owners, and only they, hear of their orders, in order and whatever the cuts."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, day_of, moment
from kiwoom_sim.engine.clock import MarketClock
from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.world import World
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.protocol.tokens import Clocks, TokenBook
from kiwoom_sim.runtime.notices import Notices
from kiwoom_sim.runtime.outbox import Outgoing
from tests.protocol.traded import OWNER, opened, place

DAY = 20_535
START = moment(DAY, clock_ms(9, 30))
MARKET = Market(MarketConfig(symbols=("005930",)), seed=1, start_day=DAY, start_ms=START)
OTHER = 2


class House:
    """Let two owners, and one of them twice, listen to one desk."""

    def __init__(self, speed: int = 1) -> None:
        self.desk: Desk = opened(MARKET, START)
        self.desk.open_account(OTHER, "남", 1, START)
        clock = MarketClock(START, speed=Fraction(speed))
        clocks = Clocks(epoch_ms=0, market_at=clock.at)
        tokens = TokenBook(WireConfig(duplicate_login="allow"), (), seed=1, clocks=clocks)
        self.board = Switchboard(WireConfig(duplicate_login="allow"), tokens)
        for connection, key, kinds in ((1, "a", ["00", "04"]), (2, "a", ["00"]), (3, "b", ["00"])):
            token: Any = tokens.issue(key, "s", 0)
            self.board.open(connection, 0)
            self.board.receive(connection, json.dumps({"trnm": "LOGIN", "token": token.text}), 0)
            message = {"trnm": "REG", "grp_no": "1", "data": [{"item": [""], "type": kinds}]}
            self.board.receive(connection, json.dumps(message), 0)
        self.notices = Notices(World(MARKET, clock), self.desk, self.board, "as-real")

    def among(self, until_ms: int) -> list[Outgoing]:
        return self.notices.among(lambda _: [], until_ms)


def test_every_connection_of_the_owner_hears_what_it_registered() -> None:
    house = House()
    house.among(500)
    place(house.desk, START + 500, "005930", 10)
    frames = house.among(520)
    heard = [(item.ms, item.to, json.loads(item.frame)["data"][0]["type"]) for item in frames]
    assert heard == [(500, (1, 2), "00"), (500, (1, 2), "00"), (500, (1,), "04")]
    assert house.among(540) == []


def test_a_fill_by_the_market_is_told_at_its_own_time() -> None:
    house = House(speed=20)
    bid = MARKET.book("005930", START).bids[0].price
    place(house.desk, START, "005930", 10, bid)
    frames = house.among(30_000)
    rows = [json.loads(item.frame)["data"][0]["values"] for item in frames]
    fills = [
        (item, row) for item, row in zip(frames, rows, strict=True) if row.get("913") == "체결"
    ]
    assert fills
    item, row = fills[0]
    at = START + item.ms * 20
    assert row["908"] in {_clock(at), _clock(at - 999)}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 20_000), max_size=6))
def test_cuts_change_nothing(cuts: list[int]) -> None:
    bids = [level.price for level in MARKET.book("005930", START).bids[:3]]

    def told(times: list[int]) -> list[tuple[int, bytes]]:
        house = House(speed=5)
        for bid in bids:
            place(house.desk, START, "005930", 10, bid)
        return [(item.ms, item.frame) for time in times for item in house.among(time)]

    assert told([*sorted(cuts), 20_000]) == told([20_000])


def test_a_market_that_is_not_ready_loses_nothing() -> None:
    house = House()
    place(house.desk, START, "005930", 10)

    def never(_until_ms: int) -> list[Outgoing]:
        raise NotReady("key", lambda: None)

    with pytest.raises(NotReady):
        house.notices.among(never, 10)
    assert len(house.among(10)) == 3


def test_who_listens_to_nothing_costs_nothing() -> None:
    house = House()
    for connection in (1, 2, 3):
        house.board.close(connection)
    place(house.desk, START, "005930", 10)
    assert house.among(10) == []
    assert house.desk.statement(OWNER).positions[0].quantity == 10


def _clock(time_ms: int) -> str:
    seconds = (time_ms - moment(day_of(time_ms))) // 1_000
    return f"{seconds // 3_600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
