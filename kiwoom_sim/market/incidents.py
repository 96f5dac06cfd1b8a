"""Turn incidents in one symbol into entries of the overlay: gaps, locks, crashes, silence, VI.

Not for: what moves a whole board (`panics`); what an entry does to prices (`intraday.tape`).

Every method raises `ValueError` with the reason if the incident cannot happen.
"""

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, format_moment, moment, time_of_day
from kiwoom_sim.core.rng import draw_below, stream_key
from kiwoom_sim.market.alterations import PPM, Debut, Evening, Interruption, Mute, Pin, Sway
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.symbol_day import SymbolDay
from kiwoom_sim.market.rules.interruptions import (
    AUCTION_MS,
    RANDOM_END_MS,
    Trigger,
    auction_end,
    trigger_bps,
)
from kiwoom_sim.market.rules.ticks import UNLIMITED, ceil_to_tick, floor_to_tick, round_to_tick

_PPM_PER_BPS = 100
_AWAY_BPS = 100


class Incidents:
    """Let something happen to a symbol after a time."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._overlay = days.overlay

    def gap_open(self, code: str, at_ms: int, change_bps: int) -> None:
        """Let the next opening, today's if it is still to come, be away from where it would be.

        Args:
            code: Symbol.
            at_ms: When it is decided.
            change_bps: How far, in basis points; limits clip.
        """
        self._position(code)
        calendar, day = self._days.calendar, day_of(at_ms)
        if not calendar.is_session(day) or time_of_day(at_ms) >= self._days.times(day).open_ms:
            day = calendar.next(day)
        from_ms = max(at_ms, moment(day))
        factor = max(PPM + change_bps * _PPM_PER_BPS, 1)
        self._overlay.add(code, at_ms, Sway(from_ms, ((from_ms, factor),)))

    def limit_lock(self, code: str, at_ms: int, *, up: bool, for_ms: int = 0) -> None:
        """Lock the price at its upper or lower limit.

        Args:
            code: Symbol.
            at_ms: From when.
            up: At the upper limit (상한가), else at the lower one (하한가).
            for_ms: For how long, at most until the end of the day; 0 = until then.
        """
        own = self._trading(code, at_ms)
        if own.frame.upper >= UNLIMITED:
            raise ValueError(f"{code} has no price limits")
        price = own.frame.upper if up else own.frame.lower
        self._overlay.add(code, at_ms, Pin(at_ms, self._until(at_ms, for_ms), price))

    def flash_crash(
        self, code: str, at_ms: int, drop_bps: int, fall_ms: int, recovery_ms: int
    ) -> None:
        """Let the price fall and come back.

        Args:
            code: Symbol.
            at_ms: When it begins to fall.
            drop_bps: How deep, in basis points; limits clip.
            fall_ms: How long it falls.
            recovery_ms: How long it takes to come back.
        """
        self._continuous(code, at_ms)
        bottom = max(PPM - drop_bps * _PPM_PER_BPS, 1)
        bottom_ms = at_ms + fall_ms
        knots = (bottom_ms, bottom), (bottom_ms + recovery_ms, PPM)
        self._overlay.add(code, at_ms, Sway(at_ms, knots))

    def no_trade(self, code: str, at_ms: int, for_ms: int = 0) -> None:
        """Let nobody trade, while the order book goes on.

        Args:
            code: Symbol.
            at_ms: From when.
            for_ms: For how long, at most until the end of the day; 0 = until then.
        """
        self._trading(code, at_ms)
        self._overlay.add(code, at_ms, Mute(at_ms, self._until(at_ms, for_ms)))

    def after_market(self, code: str, at_ms: int, change_bps: int, for_ms: int = 0) -> None:
        """Let the alternative venue trade after the close, towards another price.

        Args:
            code: Symbol.
            at_ms: From when, within the after-market.
            change_bps: How far the price goes, in basis points of where it starts; limits clip.
            for_ms: How long it takes, at most until the end of the after-market; 0 = until then.
        """
        position, day = self._position(code), day_of(at_ms)
        if not self._days.calendar.is_session(day):
            raise ValueError(f"{format_moment(at_ms)} is not on a session")
        times = self._days.times(day).nxt
        if times is None or not self._days.universe.instruments[position].nxt_ok:
            raise ValueError(f"{code} is not traded on the alternative venue")
        begin_ms, end_ms = moment(day, times.after_ms), moment(day, times.after_end_ms)
        if not begin_ms <= at_ms < end_ms:
            raise ValueError(
                f"{format_moment(at_ms)} is outside the after-market, {format_moment(begin_ms)}"
                f" to {format_moment(end_ms)}"
            )
        if any(each.until_ms > at_ms for each in self._days.evenings(code, day)):
            raise ValueError(f"{code} trades in the after-market at {format_moment(at_ms)} already")
        until_ms = min(at_ms + for_ms, end_ms) if for_ms else end_ms
        goal = max(PPM + change_bps * _PPM_PER_BPS, 1)
        self._overlay.add(code, at_ms, Evening(at_ms, until_ms, goal))

    def interrupt(self, code: str, at_ms: int, trigger: Trigger, *, up: bool) -> None:
        """Trigger a volatility interruption (VI): a jump to its trigger, then a call auction.

        Args:
            code: Symbol.
            at_ms: When the price jumps.
            trigger: `dynamic` counts from the last price, `static` from the latest auction's.
            up: Whether it jumps up.
        """
        own = self._continuous(code, at_ms)
        frame = own.frame
        end_ms = auction_end(self._days.universe.seed, code, at_ms + 1 + AUCTION_MS)
        closing = moment(frame.day, frame.times.closing_auction_ms)
        if at_ms + 1 + AUCTION_MS + RANDOM_END_MS >= closing:
            raise ValueError(
                f"an interruption of {code} at {format_moment(at_ms)} would reach into the"
                " closing auction"
            )
        events = self._overlay.events_on(code, frame.day)
        if any(isinstance(event, Debut) for event in events):
            raise ValueError(f"{code} has no volatility interruptions on its first day")
        bps = trigger_bps(frame.instrument, trigger)
        if not bps:
            raise ValueError(f"{code} has no volatility interruptions")
        reference = own.last_price(at_ms if trigger == "dynamic" else _latest_auction(own, at_ms))
        if up:
            price = int(floor_to_tick(reference * (10_000 + bps) // 10_000, frame.table))
        else:
            price = int(ceil_to_tick(-(-reference * (10_000 - bps) // 10_000), frame.table))
        if not frame.lower <= price <= frame.upper:
            raise ValueError(
                f"the trigger {price} of {code} is outside the limits of the day"
                f" ({frame.lower}-{frame.upper})"
            )
        found = self._found(own, at_ms, price)
        jump = Pin(at_ms, at_ms, price)
        self._overlay.add(code, at_ms, jump, Interruption(at_ms + 1, end_ms, *found))

    def _found(self, own: SymbolDay, at_ms: int, price: int) -> tuple[int, int]:
        """Return price and quantity that an auction finds: near the trigger, two minutes' worth."""
        frame = own.frame
        key = stream_key(self._days.universe.seed, "interruption-price", frame.instrument.code)
        away_bps = draw_below(key, 2 * _AWAY_BPS + 1, at_ms) - _AWAY_BPS
        near = int(round_to_tick(price * (10_000 + away_bps) // 10_000, frame.table))
        slot = frame.slot_at(at_ms)
        traded = int(own.volume[slot] - own.volume[max(slot - 5, 0)]) * 2 // 5
        return min(max(near, frame.lower), frame.upper), max(traded, 1)

    def _position(self, code: str) -> int:
        """Return the row of a symbol that exists."""
        position = self._days.universe.index(code)
        if position is None:
            raise ValueError(f'unknown symbol "{code}"')
        return position

    def _trading(self, code: str, at_ms: int) -> SymbolDay:
        """Return the day of a symbol that may still trade on it."""
        self._position(code)
        day = day_of(at_ms)
        if not self._days.calendar.is_session(day):
            raise ValueError(f"{format_moment(at_ms)} is not on a session")
        if self._overlay.halted_at(code, at_ms):
            raise ValueError(f"{code} is halted at {format_moment(at_ms)}")
        own = self._days.symbol_day(code, day)
        if at_ms >= own.frame.closing_end_ms:
            raise ValueError(f"the session is over at {format_moment(at_ms)}")
        return own

    def _continuous(self, code: str, at_ms: int) -> SymbolDay:
        """Return the day of a symbol that trades continuously right now."""
        own = self._trading(code, at_ms)
        frame = own.frame
        closing = moment(frame.day, frame.times.closing_auction_ms)
        if not frame.opening_end_ms <= at_ms < closing or frame.halted_at(at_ms):
            raise ValueError(f"{code} is not traded continuously at {format_moment(at_ms)}")
        if any(begin - 1 <= at_ms < end for begin, end in frame.interruptions):
            raise ValueError(f"{code} is in a call auction at {format_moment(at_ms)}")
        return own

    @staticmethod
    def _until(at_ms: int, for_ms: int) -> int:
        last = moment(day_of(at_ms)) + MS_PER_DAY - 1
        return min(at_ms + for_ms, last) if for_ms else last


def _latest_auction(own: SymbolDay, at_ms: int) -> int:
    """Return when the latest call auction ended."""
    ends = (own.frame.opening_end_ms, *(end for _, end in own.frame.interruptions))
    return max(end for end in ends if end <= at_ms)
