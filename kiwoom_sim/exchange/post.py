"""Trade the open orders of one symbol on one venue (a post of the trading floor).

Layout: a *course* is what the market does in a stretch of time: its trades, and the times at
which its book changes or a session turns. `follow` goes through it moment by moment: orders that
wake come first, then the market's trade, then its book; orders that lapse come last, because the
closing auction trades at the very instant that ends the day.

Invariants: see `floor`. Moments are those of the market and of its sessions, so nothing depends
on how a stretch is cut.
"""

from collections.abc import Iterable

from msgspec import Struct

from kiwoom_sim.core.clock import day_of
from kiwoom_sim.exchange.hours import Window, closing_auction, off_hours
from kiwoom_sim.exchange.order_types import Life, Pricing
from kiwoom_sim.exchange.orders import Expired, Filled, Happening, Order, State, Triggered
from kiwoom_sim.exchange.queue import Fill, ranked, struck, uncrossed
from kiwoom_sim.exchange.sweep import Taken, sweep
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Book, Trades, Venue
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.market.rules.ticks import UNLIMITED
from kiwoom_sim.market.views.trading import Matching

_TURN, _LOOK = -2, -1
_LAPSE = 1 << 62


class Course(Struct, frozen=True, kw_only=True):
    """Hold what the market does in a stretch of time, after < time <= until.

    Attributes:
        moments: (time, position of the market's trade, or `_TURN`, `_LOOK`, `_LAPSE`), in order.
    """

    after: int
    until: int
    trades: Trades
    moments: tuple[tuple[int, int], ...]


class Post:
    """Hold the open orders of a symbol on a venue, in order of entry."""

    def __init__(self, market: Market, symbol: str, venue: Venue) -> None:
        self._market = market
        self._symbol = symbol
        self._venue = venue
        self._orders: list[Order] = []
        self._sides: dict[int, list[Order]] = {1: [], -1: []}
        self._taken = Taken()
        self._quiet = {_TURN: self._turn, _LOOK: self._look, _LAPSE: self._lapse}

    @property
    def is_busy(self) -> bool:
        """Say whether any order stands here."""
        return bool(self._orders)

    def enter(self, order: Order, now: int) -> list[Happening]:
        """Take an order and return what happens at once."""
        self._orders.append(order)
        self._sides[order.sign].append(order)
        happened = self._begin(order, now)
        if happened:
            self.forget_done()
        return happened

    def forget_done(self) -> None:
        """Let orders go that have nothing open."""
        self._orders = [order for order in self._orders if order.is_open]
        for sign, side in self._sides.items():
            self._sides[sign] = [order for order in side if order.is_open]

    def course(self, after: int, until: int) -> Course:
        """Return what the market does in a stretch of time.

        Raises:
            NotReady: It has to be generated first.
        """
        trades = self._market.trades(self._symbol, after, until, self._venue)
        moments = [(time, number) for number, time in enumerate(trades.time.tolist())]
        traded = {time for time, _ in moments}
        quiet = {*self._market.book_changes(self._symbol, after, until, self._venue)}
        moments += [(time, _TURN) for time in self._turns(after, until)]
        moments += [(time, _LOOK) for time in quiet - traded]
        ends = {order.lapses_ms for order in self._orders}
        moments += [(time, _LAPSE) for time in ends if after < time <= until]
        return Course(after=after, until=until, trades=trades, moments=tuple(sorted(moments)))

    def follow(self, course: Course) -> list[Happening]:
        """Let a stretch of time pass; return what happens in it, in order."""
        happened: list[Happening] = []
        for time_ms, number in course.moments:
            known = len(happened)
            if number >= 0 and number != _LAPSE:
                happened += self._trade(course.trades, number)
            else:
                happened += self._quiet[number](time_ms)
            if len(happened) > known:
                self.forget_done()
            if not self._orders:
                break
        return happened

    def _turns(self, after: int, until: int) -> Iterable[int]:
        """Return when orders here trade off-hours or become others, in a stretch of time."""
        times: set[int] = set()
        for order in self._orders:
            window = self._window(order)
            times.add(self._closing_auction(order))
            times.update(window.turns() if window is not None else ())
        return (time for time in times if after < time <= until)

    def _turn(self, now: int) -> list[Happening]:
        """Let orders trade off-hours, or become market orders."""
        happened: list[Happening] = []
        for order in list(self._orders):
            window = self._window(order)
            if window is not None:
                happened += self._trade_at_close(order, now) if now in window.turns() else []
            elif order.limit_won is not None and 0 < self._closing_auction(order) <= now:
                order.limit_won = None
                happened.append(Triggered(time_ms=now, order=order))
        return happened

    def _lapse(self, now: int) -> list[Happening]:
        """Let orders go whose day or window is over."""
        return [self._expire(order, now) for order in self._orders if order.lapses_ms <= now]

    def _closing_auction(self, order: Order) -> int:
        """Return when an order becomes a market order, 0 for never."""
        if not order.asked.type.turns_to_market:
            return 0
        return closing_auction(session_times(self._market.calendar, day_of(order.entered_ms)))

    def _window(self, order: Order) -> Window | None:
        """Return when an order trades outside the regular session; None if it trades within."""
        times = session_times(self._market.calendar, day_of(order.entered_ms))
        return off_hours(order.asked.type, times)

    def _begin(self, order: Order, now: int) -> list[Happening]:
        """Let an order start its life."""
        window = self._window(order)
        if window is not None:
            order.lapses_ms = window.end_ms
            return self._trade_at_close(order, now) if window.trades_at(now) else []
        trading = self._market.trading(self._symbol, now, self._venue)
        order.lapses_ms = trading.lapse_ms
        waits = order.asked.type.needs_trigger and order.asked.trigger_won is not None
        if waits and not self._is_triggered(order, self._last(now)):
            return []
        return self._work(order, now, trading.matching)

    def _work(self, order: Order, now: int, matching: Matching) -> list[Happening]:
        """Put an order into the book; it may trade at once."""
        order.state = State.WORKING
        if matching is not Matching.CONTINUOUS:
            has_an_instant = order.asked.type.life is not Life.SESSION
            return [self._expire(order, now)] if has_an_instant else []
        book = self._market.book(self._symbol, now, self._venue)
        if not self._priced(order, book):
            return [self._expire(order, now)]
        return self._cross(order, book, now, rests=False)

    def _priced(self, order: Order, book: Book) -> bool:
        """Give an order the price that its type takes from the book; say whether there is one."""
        pricing = order.asked.type.pricing
        if pricing not in {Pricing.MIDDLE, Pricing.BEST, Pricing.OWN_BEST}:
            return True
        ask, bid = self._best(book)
        if pricing is Pricing.MIDDLE:
            order.limit_won = (ask + bid) // 2 if ask and bid else None
        else:
            takes_ask = (order.sign > 0) is (pricing is Pricing.BEST)
            order.limit_won = (ask if takes_ask else bid) or None
        return order.limit_won is not None

    def _best(self, book: Book) -> tuple[int, int]:
        """Return best ask and bid, without what clients took and with what they offer; 0 = none."""
        asks = [price for price, left in self._taken.left(book, book.asks) if left]
        bids = [price for price, left in self._taken.left(book, book.bids) if left]
        for order in self._working(1, -1):
            if order.limit_won is not None and order.asked.type.pricing is not Pricing.MIDDLE:
                (bids if order.sign > 0 else asks).append(order.limit_won)
        return min(asks, default=0), max(bids, default=0)

    def _cross(self, order: Order, book: Book, now: int, *, rests: bool) -> list[Happening]:
        """Match an order with the other side; what is left rests, or lapses.

        Args:
            order: The order.
            book: Book of the market.
            now: Market time.
            rests: Whether it has stood in the book: who rests trades at the own price.
        """
        others = [other for other in self._working(-order.sign) if _meets(order, other)]
        matches = sweep(order, book, self._taken, ranked(others), order.limit_won)
        life = order.asked.type.life
        total = sum(match.quantity for match in matches)
        if life is Life.ALL_OR_NOTHING and total < order.open:
            return [self._expire(order, now)]
        happened: list[Happening] = []
        for match in matches:
            first = match.order is None or order.number < match.order.number
            own = order.limit_won if rests and first else None
            price = match.price_won if own is None else own
            happened.append(_filled((order, match.quantity, price), now))
            if match.order is None:
                self._taken.take(match.price_won, match.quantity)
            else:
                happened.append(_filled((match.order, match.quantity, price), now))
        if order.is_open and life is not Life.SESSION:
            happened.append(self._expire(order, now))
        if matches or not rests:
            self._queue(order, book)
        return happened

    def _queue(self, order: Order, book: Book) -> None:
        """Put an order behind what is visible at its price."""
        levels = book.bids if order.sign > 0 else book.asks
        visible = {level.price: level.quantity for level in levels}
        order.ahead = visible.get(order.limit_won or 0, 0)

    def _trade(self, trades: Trades, number: int) -> list[Happening]:
        """Let a trade of the market reach the orders, then its book."""
        now, price = int(trades.time[number]), int(trades.price[number])
        side, quantity = int(trades.side[number]), int(trades.quantity[number])
        ask, bid = int(trades.ask[number]), int(trades.bid[number])
        if side:
            hit = [order for order in self._working(-side) if order.reaches(price)]
            fills = struck(hit, price, quantity)
        else:
            fills = uncrossed(self._auctioned(), price, ask, bid)
        happened: list[Happening] = [_filled(fill, now) for fill in fills]
        if not side and any(order.is_open for order in self._orders):
            book = self._market.book(self._symbol, now, self._venue)
            for order in self._orders:
                self._queue(order, book)
        for order in list(self._orders):
            if order.state is State.WAITING and self._is_triggered(order, price):
                happened.append(Triggered(time_ms=now, order=order))
                happened += self._work(order, now, self._matching(now))
        return happened + self._meet(now, ask, bid)

    def _auctioned(self) -> list[Order]:
        """Return the orders that take part in a call auction; between two quotes there is none."""
        working = self._working(1, -1)
        return [order for order in working if order.asked.type.pricing is not Pricing.MIDDLE]

    def _look(self, now: int) -> list[Happening]:
        """Let a new book of the market reach the orders."""
        if self._matching(now) is not Matching.CONTINUOUS or not self._working(1, -1):
            return []
        quote = self._market.quote(self._symbol, now, self._venue)
        return self._meet(now, quote.ask, quote.bid)

    def _meet(self, now: int, ask_won: int, bid_won: int) -> list[Happening]:
        """Trade resting orders that the best quotes of the other side have come to."""
        happened: list[Happening] = []
        resting = self._auctioned()
        asks = [order.limit_won for order in resting if order.sign < 0 and order.limit_won]
        bids = [order.limit_won for order in resting if order.sign > 0 and order.limit_won]
        ask, bid = min([ask_won or UNLIMITED, *asks]), max([bid_won, *bids])
        is_still = bid < ask and len(asks) + len(bids) == len(resting)
        for order in () if is_still else ranked(resting):
            quote = ask if order.sign > 0 else bid
            if 0 < quote < UNLIMITED and order.is_open and order.reaches(quote):
                book = self._market.book(self._symbol, now, self._venue)
                happened += self._cross(order, book, now, rests=True)
        self._follow_middle(now)
        return happened

    def _follow_middle(self, now: int) -> None:
        """Let orders that stand between the best quotes follow them."""
        for order in self._working(1, -1):
            if order.asked.type.pricing is Pricing.MIDDLE:
                self._priced(order, self._market.book(self._symbol, now, self._venue))

    def _trade_at_close(self, order: Order, now: int) -> list[Happening]:
        """Trade an order of an off-hours window at the exchange's price, if anybody is there."""
        quote = self._market.quote(self._symbol, now)
        limit = quote.upper_limit if order.sign > 0 else quote.lower_limit
        if quote.halted or quote.last == limit or not order.reaches(quote.last):
            return []
        return [_filled((order, order.open, quote.last), now)]

    def _expire(self, order: Order, now: int) -> Expired:
        """Let an order lapse."""
        lapsed = Expired(time_ms=now, order=order, quantity=order.open)
        order.reduce(order.open)
        return lapsed

    def _is_triggered(self, order: Order, last_won: int) -> bool:
        """Say whether the last price has come to an order's trigger price."""
        trigger = order.asked.trigger_won
        return trigger is not None and order.sign * (last_won - trigger) >= 0

    def _working(self, *signs: int) -> list[Order]:
        return [order for sign in signs for order in self._sides[sign] if order.works]

    def _matching(self, now: int) -> Matching:
        return self._market.trading(self._symbol, now, self._venue).matching

    def _last(self, now: int) -> int:
        return self._market.quote(self._symbol, now, self._venue).last


def _meets(order: Order, other: Order) -> bool:
    """Say whether an order may trade with a resting one of the other side."""
    return other.limit_won is not None and order.reaches(other.limit_won)


def _filled(fill: Fill, now: int) -> Filled:
    """Trade some of an order and tell of it."""
    order, quantity, price = fill
    before = order.open
    order.fill(quantity, price)
    return Filled(time_ms=now, order=order, price_won=price, quantity=quantity, open_before=before)
