"""Know when an order trades outside the regular session, and when it lapses (시간외).

Known deviations: outside the regular session the market itself makes no trades here, so such an
order trades in full at the closing price that it is bound to, as soon as its window is open; at
a daily limit there is nobody on the other side.

Source:
    Session table of the exchange; see `market.rules.sessions`.
"""

from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_MINUTE, moment
from kiwoom_sim.exchange.order_types import OrderType
from kiwoom_sim.market.rules.sessions import SessionTimes

BEFORE_OPEN, AFTER_CLOSE, SINGLE_PRICE = "61", "81", "62"

_BEFORE_OPEN_MS = 10 * MS_PER_MINUTE
_ROUND_MS = 10 * MS_PER_MINUTE


class Window(Struct, frozen=True, kw_only=True):
    """Hold when an order may trade.

    Attributes:
        begin_ms, end_ms: Market times, begin <= trade < end.
        round_ms: Time between two auctions in it, 0 = it trades continuously.
    """

    begin_ms: int
    end_ms: int
    round_ms: int = 0

    def turns(self) -> range:
        """Return the market times at which something may trade in it for orders that wait."""
        if not self.round_ms:
            return range(self.begin_ms, self.begin_ms + 1)
        return range(self.begin_ms + self.round_ms, self.end_ms, self.round_ms)

    def trades_at(self, now: int) -> bool:
        """Say whether an order that comes at a market time may trade at once."""
        return not self.round_ms and self.begin_ms <= now < self.end_ms


def off_hours(type_: OrderType, times: SessionTimes) -> Window | None:
    """Return when a type trades outside the regular session; None if it trades within."""
    day = times.day
    if type_.code == BEFORE_OPEN:
        begin_ms = moment(day, times.opening_auction_ms)
        return Window(begin_ms=begin_ms, end_ms=begin_ms + _BEFORE_OPEN_MS)
    if type_.code == AFTER_CLOSE:
        return Window(
            begin_ms=moment(day, times.closing_price_ms),
            end_ms=moment(day, times.closing_price_end_ms),
        )
    if type_.code == SINGLE_PRICE and times.single_price_ms is not None:
        assert times.single_price_end_ms is not None
        return Window(
            begin_ms=moment(day, times.single_price_ms),
            end_ms=moment(day, times.single_price_end_ms) + 1,
            round_ms=_ROUND_MS,
        )
    return None


def closing_auction(times: SessionTimes) -> int:
    """Return the market time at which conditional orders become market orders."""
    return moment(times.day, times.closing_auction_ms)
