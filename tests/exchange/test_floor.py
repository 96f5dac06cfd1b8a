"""Time may pass in any parts; what is not ready changes nothing; posts are told apart."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import MS_PER_MINUTE
from kiwoom_sim.exchange.order_types import ORDER_TYPES, Destination, Side
from kiwoom_sim.exchange.orders import Order
from kiwoom_sim.exchange.post import Course, Post
from kiwoom_sim.market.rules.ticks import price_at_rank, tick_rank
from kiwoom_sim.market.store import NotReady
from tests.exchange.making import CODE, ask_for
from tests.exchange.stage import Stage, Told
from tests.market.markets import at, open_market, shared_market

Wish = tuple[Side, str, int, int, Destination]

WISHES = st.tuples(
    st.sampled_from(Side),
    st.sampled_from(["0", "0", "0", "3", "5", "6", "7", "10", "16", "20", "28", "29", "30"]),
    st.integers(-4, 4),
    st.sampled_from([1, 40, 3_000, 60_000]),
    st.sampled_from([Destination.KRX, Destination.KRX, Destination.NXT, Destination.SOR]),
)
SPANS = st.sampled_from(
    [(at(10), 1), (at(9, 30, 7, 123), 1), (at(8, 59), 2), (at(15, 18, 30), 3), (at(15, 29), 2)]
)


def perform(begin: int, wishes: list[Wish], end: int, cuts: list[int]) -> list[Told]:
    """Enter orders, let time pass up to each cut, and return all that happened."""
    stage = Stage(shared_market(), begin)
    happened: list[Told] = []
    ask, bid = stage.quotes()
    for side, code, steps, quantity, to in wishes:
        type_ = ORDER_TYPES[code]
        place = to if to in type_.to else Destination.KRX
        near = int(price_at_rank(int(tick_rank(ask if steps > 0 else bid, 0)) + steps, 0))
        happened += stage.enter(
            side, quantity, near if type_.needs_price else None, code, place,
            near if type_.needs_trigger else None,
        )[1]  # fmt: skip
    for cut in [*sorted(cuts), end]:
        happened += stage.until(cut)
    return happened + [
        (order.lapses_ms, order.state.value, order.number, order.open, order.ahead)
        for order in stage.orders
    ]


@given(SPANS, st.lists(WISHES, min_size=1, max_size=6), st.data())
def test_following_in_parts_is_following_at_once(
    span: tuple[int, int], wishes: list[Wish], data: st.DataObject
) -> None:
    begin, minutes = span
    end = begin + minutes * MS_PER_MINUTE
    cuts = data.draw(st.lists(st.integers(begin, end), min_size=1, max_size=6))
    times = shared_market().trades(CODE, begin, end).time
    if len(times):  # cut right at, before and after something that happens
        cuts += [int(times[0]) - 1, int(times[-1])]
    at_once = perform(begin, wishes, end, [])
    assert perform(begin, wishes, end, cuts) == at_once
    check(at_once, wishes)


def check(happened: list[Told], wishes: list[Wish]) -> None:
    """Fills never exceed what was asked for, and times do not go back."""
    events = [each for each in happened if each[1] in {"filled", "expired", "triggered"}]
    for number, (_, _, _, quantity, _) in enumerate(wishes, 1):
        own = [each for each in events if each[2] == number]
        still_open = sum(e[3] for e in happened[-len(wishes) :] if e[2] == number)
        assert sum(each[3] for each in own) + still_open == quantity
        assert all(a[0] <= b[0] for a, b in pairwise(own))


def test_what_happens_comes_in_order_of_time_over_all_symbols_and_venues() -> None:
    stage = Stage(shared_market(), at(10))
    floor = stage.floor
    number = 0
    for symbol in (CODE, "000660"):
        side, price = Stage(stage.market, at(10), symbol).passed(at(10, 20))
        for to in Destination:
            number += 1
            order = Order(number, ask_for(side, 5, price, symbol=symbol, to=to), at(10))
            floor.enter(order, at(10))
    happened = floor.follow(at(10), at(10, 20))
    keys = [(each.time_ms, each.order.number) for each in happened]
    assert keys == sorted(keys)
    assert len({number for _, number in keys}) == 6


def test_withdrawn_shares_do_not_trade() -> None:
    stage = Stage(shared_market(), at(10))
    side, price = stage.passed(at(10, 20))
    whole, part = stage.enter(side, 10, price)[0], stage.enter(side, 10, price)[0]
    stage.floor.withdraw(whole, 10)
    stage.floor.withdraw(part, 4)
    happened = stage.until(at(10, 20))
    assert [(number, quantity) for _, _, number, quantity, _ in happened] == [(part.number, 6)]
    assert (whole.is_open, part.is_open, part.quantity, part.filled) == (False, False, 10, 6)


@pytest.mark.parametrize("to", list(Destination))
def test_a_market_that_is_not_ready_changes_nothing(
    to: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units that are lost between the asking and the doing are built on the spot."""
    ready, market = open_market(), open_market()
    side, price = Stage(ready, at(10)).passed(at(10, 10))
    stage = Stage(market, at(10))
    asked = ask_for(side, 10, price, to=to)
    course = Post.course

    def forgetful(post: Post, after: int, until: int) -> Course:
        made = course(post, after, until)
        market.store.clear()
        return made

    monkeypatch.setattr(Post, "course", forgetful)
    market.store.clear()
    market.store.cooperative = True
    waits = until_ready(lambda: stage.floor.prepare(asked, stage.now))
    market.store.clear()
    order, happened = stage.enter(side, 10, price, to=to)
    stage.enter(Side.BUY, 1, ready.quote(CODE, at(10)).lower_limit, to=to)  # it stays and looks on
    market.store.clear()
    before = (order.open, order.state, order.ahead, stage.now)

    def follow() -> None:
        assert (order.open, order.state, order.ahead, stage.now) == before
        happened.extend(stage.until(at(10, 10)))

    waits += until_ready(follow)
    monkeypatch.undo()
    other = Stage(ready, at(10))
    other.enter(side, 10, price, to=to)
    other.enter(Side.BUY, 1, ready.quote(CODE, at(10)).lower_limit, to=to)
    assert happened == other.until(at(10, 10))
    assert sum(quantity for *_, quantity, _ in happened) == 10
    assert waits > 0


def until_ready(work: Callable[[], None]) -> int:
    """Do something once everything for it is built; return how often something was missing."""
    for waits in range(20):
        try:
            work()
        except NotReady as missing:
            missing.build()
        else:
            return waits
    raise AssertionError("never ready")
