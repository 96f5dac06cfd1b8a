"""Meet open orders with the market as its time passes: the trading floor.

Layout: an order stands at a *post*, its symbol on one venue (`post.py`). `enter` takes an order
and may trade it at once; `follow` lets a stretch of market time pass and returns what happened in
it. Nobody else matches.

Invariants: following a stretch in parts gives the same as following it at once; a stretch that
cannot be followed yet (`NotReady`) changed nothing; what happens is in order of time, then of
order number; fills never exceed what an order asked for.

Known deviations: the market's path is not moved by orders, so after an order took what was
visible the market's next book shows it again; orders sent to different venues never meet.
"""

from kiwoom_sim.exchange.order_types import VENUES
from kiwoom_sim.exchange.orders import Happening, Order, PlaceOrder
from kiwoom_sim.exchange.post import Post
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.records import Venue


class Floor:
    """Hold every open order."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._posts: dict[tuple[str, Venue], Post] = {}

    def prepare(self, asked: PlaceOrder, now: int) -> None:
        """Make sure that an order can enter, before anything is changed for it.

        Raises:
            NotReady: The market has to be generated first.
        """
        if self._market.store.must_yield:
            venue = VENUES[asked.destination]
            self._market.quote(asked.symbol, now, venue)
            self._market.book(asked.symbol, now, venue)

    def enter(self, order: Order, now: int) -> list[Happening]:
        """Take an accepted order; return what happens to it, and to others, at once."""
        post = self._post(order)
        return self._market.store.run_inline(lambda: post.enter(order, now))

    def withdraw(self, order: Order, quantity: int) -> None:
        """Take open shares of an order off the floor."""
        order.reduce(quantity)
        self._post(order).forget_done()

    def follow(self, after: int, until: int) -> list[Happening]:
        """Let market time pass, after < time <= until; return what happens in it.

        Raises:
            NotReady: The market has to be generated first; then follow again.
        """
        busy = [post for post in self._posts.values() if post.is_busy]
        courses = [post.course(after, until) for post in busy]

        def walk() -> list[Happening]:
            pairs = zip(busy, courses, strict=True)
            return [each for post, course in pairs for each in post.follow(course)]

        return sorted(self._market.store.run_inline(walk), key=_place)

    def _post(self, order: Order) -> Post:
        asked = order.asked
        place = asked.symbol, VENUES[asked.destination]
        if place not in self._posts:
            self._posts[place] = Post(self._market, *place)
        return self._posts[place]


def _place(happening: Happening) -> tuple[int, int]:
    return happening.time_ms, happening.order.number
