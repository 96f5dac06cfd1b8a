"""Shape the trading day: which minutes and seconds trade how much, and split bars accordingly.

Layout: a day's *children* are the opening auction, the minutes of continuous trading and the
closing auction. A day's *slots* are what a clock shows: the minutes, the first of which holds the
opening print as well, and last the minute of the closing print. A slot has 60 seconds.

All functions take rows, any mix of symbols and days that have the same number of minutes; a row's
result is the same in any company.

Not for: single trades (see `trades`), or where day bars come from.

Source:
    Shapes of volume and variance over the day: fitted to Korean stocks; U-shaped, with 2-4 % of
    the volume in the opening and 4-8 % in the closing auction.
"""

from functools import lru_cache

import numpy as np
from msgspec import Struct, structs

from kiwoom_sim.core.rng import normal_quantile, uniform_quads
from kiwoom_sim.market.intraday.refine import Bars, Floats, Plan, refine, refine_closes
from kiwoom_sim.market.listing.universe import Universe
from kiwoom_sim.market.records import Ints

SECONDS = 60
SLOTS_MAX = 512
"""Positions of a day in a random stream: day * SLOTS_MAX + slot."""

TRADES_PER_ROOT_MILLION = 45.0
"""Trades of a day per square root of its turnover in million won."""

_OPENING_SHARE, _CLOSING_SHARE = 0.03, 0.07
_OPENING_NOISE, _CLOSING_NOISE, _MINUTE_NOISE, _SECOND_NOISE = 0.4, 0.3, 0.55, 0.8
_CLOSING_MINUTES = 4.0
_MINUTE_CLUSTER, _SECOND_CLUSTER = 2.0, 0.5
_VARIANCE_LEAN = 0.9


class DayRows(Struct, frozen=True):
    """Hold day bars to be split, one row per (symbol, day).

    Attributes:
        position: Positions in the universe.
        day: Day numbers.
        bars: The day bars.
        base: Base prices.
        table: Price-step tables.
        minutes: Minutes of continuous trading, the same for all rows.
    """

    position: Ints
    day: Ints
    bars: Bars
    base: Ints
    table: Ints
    minutes: int


class SlotRows(Struct, frozen=True):
    """Hold slots to be split into seconds, one row per (symbol, day, slot).

    Attributes:
        bars: Continuous part of each slot; without volume in the last slot.
        before: Price before that part: of the opening print, or of the slot before.
        auction: Auction print of each slot, flat bars; volume 0 where there is none.
        auction_before: Price before the print.
        auction_ms: When the auction ends after the slot's start; -1 in slots without an auction.
        mean_size: Mean shares per trade of the day.
    """

    position: Ints
    day: Ints
    slot: Ints
    bars: Bars
    before: Ints
    auction: Bars
    auction_before: Ints
    auction_ms: Ints
    mean_size: Floats
    table: Ints

    @property
    def auction_second(self) -> Ints:
        """Second in which the auction ends; -1 in slots without an auction."""
        return self.auction_ms // 1_000


@lru_cache(maxsize=16)
def day_shape(minutes: int) -> tuple[Floats, Floats]:
    """Return (volume shares, variances) of a day's children."""
    x = np.arange(minutes) / (minutes - 1)
    volume = 0.35 + 1.9 * np.exp(-x / 0.07) + 0.55 * np.exp(-x / 0.35)
    volume += 0.55 * np.exp(-(1 - x) / 0.06)
    volume *= (1 - _OPENING_SHARE - _CLOSING_SHARE) / volume.sum()
    variance = 0.35 + 2.6 * np.exp(-x / 0.05) + 0.5 * np.exp(-x / 0.3)
    variance += 0.35 * np.exp(-(1 - x) / 0.05)
    closing = float(variance[-1]) * _CLOSING_MINUTES
    shares = np.concatenate([[_OPENING_SHARE], volume, [_CLOSING_SHARE]])
    return shares, np.concatenate([[0.0], variance, [closing]])


def trades_per_day(volume: Ints, turnover: Ints) -> Floats:
    """Return about how many trades days of that volume and turnover have, at least 1."""
    usual = TRADES_PER_ROOT_MILLION * np.sqrt(turnover / 1e6)
    return np.maximum(np.minimum(usual, volume), 1.0)


def mean_sizes(volume: Ints, turnover: Ints) -> Floats:
    """Return the mean shares per trade of days, at least 1."""
    return np.maximum(volume / trades_per_day(volume, turnover), 1.0)


def _active(uniform: Floats, expected: Floats, cluster: float) -> tuple[Floats, Floats]:
    """Return (1 / probability where there is any trade else 0, standard normal noise)."""
    quiet = (1.0 + expected / cluster) ** -cluster
    loud = np.maximum(1.0 - quiet, 1e-9)
    rest = np.clip((uniform - quiet) / loud, 1e-9, 1 - 1e-9)
    return np.where(uniform > quiet, 1.0 / loud, 0.0), normal_quantile(rest)


def split_days(universe: Universe, rows: DayRows) -> Bars:
    """Return the children of days, shape (rows, minutes + 2)."""
    keys = universe.keys("minutes")[rows.position]
    noise = uniform_quads(keys, rows.day, rows.minutes + 3)
    shares, variances = day_shape(rows.minutes)
    pick = noise[:, -1, 0]
    noise = noise[:, :-1]
    trades = trades_per_day(rows.bars.volume, rows.bars.turnover)
    active, normal = _active(noise[..., 0], trades[:, None] * shares, _MINUTE_CLUSTER)
    spread = np.full(rows.minutes + 2, _MINUTE_NOISE)
    spread[0], spread[-1] = _OPENING_NOISE, _CLOSING_NOISE
    plan = Plan(
        weights=shares * active * np.exp(spread * normal - spread * spread / 2) * 1024.0,
        variances=variances * np.exp(_VARIANCE_LEAN * normal),
        noise=noise,
        hot=1 + (pick * pick * rows.minutes).astype(np.int64),
        before=rows.base,
        table=rows.table,
        auctions=True,
    )
    return refine(rows.bars, plan)


def auction_ends(universe: Universe, position: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Return how long after their nominal ends the two auctions end, in ms below 30,000.

    Never at a whole second, so that a state at a whole second is the state of all seconds before.
    """
    draws = uniform_quads(universe.keys("auctions")[position], day, 1)[:, 0]
    second = (draws[:, :2] * 30).astype(np.int64)
    ends = second * 1_000 + 1 + (draws[:, 2:] * 998).astype(np.int64)
    return ends[:, 0], ends[:, 1]


def to_slots(children: Bars) -> Bars:
    """Return the slots of children: the opening print joins the first minute."""
    printed = children.volume[:, 0] > 0
    first, second = children.take((slice(None), 0)), children.take((slice(None), 1))
    slots = Bars(*(getattr(children, name)[:, 1:].copy() for name in children.__struct_fields__))
    slots.open[:, 0] = np.where(printed, first.open, second.open)
    slots.high[:, 0] = np.where(printed, np.maximum(first.high, second.high), second.high)
    slots.low[:, 0] = np.where(printed, np.minimum(first.low, second.low), second.low)
    slots.volume[:, 0] += first.volume
    slots.turnover[:, 0] += first.turnover
    return slots


class Reopenings(Struct, frozen=True):
    """Hold the auction prints that end closures of a board, shape (rows, slots).

    Attributes:
        volume: Shares, 0 where there is none; the price is the slot's open.
        print_ms: When the auction ends after the slot began; -1 where there is none.
    """

    volume: Ints
    print_ms: Ints


class SplitDays(Struct, frozen=True):
    """Hold days that are split into children.

    Attributes:
        ends: Ends of the two auctions, see `auction_ends`.
        reopened: Prints inside the day, or None.
    """

    rows: DayRows
    children: Bars
    ends: tuple[Ints, Ints]
    reopened: Reopenings | None = None


def slot_rows(days: SplitDays, index: tuple[Ints, Ints]) -> SlotRows:
    """Select slots of split days.

    Args:
        days: Days.
        index: Row numbers in `days`, and slots, of the same length.
    """
    rows, children, (row, slot) = days.rows, days.children, index
    closing = slot == rows.minutes
    opening = slot == 0
    bars = children.take((row, slot + 1))
    before = children.close[row, slot]
    auction = children.take((row, np.where(opening, 0, slot + 1)))
    silent = Bars(before, before, before, before, np.zeros_like(before), np.zeros_like(before))
    bars = Bars(
        *(np.where(closing, s, b) for s, b in zip(fields(silent), fields(bars), strict=True))
    )
    has_auction = opening | closing
    auction = Bars(
        *fields(auction)[:4],
        np.where(has_auction, auction.volume, 0),
        np.where(has_auction, auction.turnover, 0),
    )
    end = np.where(opening, days.ends[0][row], days.ends[1][row])
    found = SlotRows(
        position=rows.position[row],
        day=rows.day[row],
        slot=slot,
        bars=bars,
        before=before,
        auction=auction,
        auction_before=np.where(opening, rows.base[row], before),
        auction_ms=np.where(has_auction, end, -1),
        mean_size=mean_sizes(rows.bars.volume, rows.bars.turnover)[row],
        table=rows.table[row],
    )
    return found if days.reopened is None else _reopened(found, days.reopened, index)


def _reopened(rows: SlotRows, prints: Reopenings, index: tuple[Ints, Ints]) -> SlotRows:
    """Return slots in which the print that ends a closure is taken out of the bar."""
    volume = prints.volume[index]
    here = volume > 0
    if not here.any():
        return rows
    bars, price = rows.bars, rows.bars.open
    turnover = volume * price
    auction = rows.auction
    flat = [np.where(here, price, column) for column in fields(auction)[:4]]
    flat += [
        np.where(here, volume, auction.volume),
        np.where(here, turnover, auction.turnover),
    ]
    return structs.replace(
        rows,
        bars=Bars(*fields(bars)[:4], bars.volume - volume, bars.turnover - turnover),
        before=np.where(here, price, rows.before),
        auction=Bars(*flat),
        auction_before=np.where(here, rows.before, rows.auction_before),
        auction_ms=np.where(here, prints.print_ms[index], rows.auction_ms),
    )


def fields(bars: Bars) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Return the columns of bars in order."""
    return bars.open, bars.high, bars.low, bars.close, bars.volume, bars.turnover


def split_slots(universe: Universe, rows: SlotRows) -> Bars:
    """Return the seconds of slots, shape (rows, 60), auction prints included.

    A first slot does not trade before and in the second of its auction, apart from the print.
    """
    seconds = refine(rows.bars, _slot_plan(universe, rows))
    _insert_prints(rows, seconds)
    return seconds


def slot_closes(universe: Universe, rows: SlotRows) -> Ints:
    """Return the last price of each second, shape (rows, 60), of slots without an auction."""
    return refine_closes(rows.bars, _slot_plan(universe, rows))


def _slot_plan(universe: Universe, rows: SlotRows) -> Plan:
    position = rows.day * SLOTS_MAX + rows.slot
    noise = uniform_quads(universe.keys("seconds")[rows.position], position, SECONDS + 1)
    pick, noise = noise[:, -1, 0], noise[:, :-1]
    first = rows.auction_second + 1
    allowed = np.arange(SECONDS) >= first[:, None]
    expected = rows.bars.volume / rows.mean_size / np.maximum(SECONDS - first, 1)
    active, normal = _active(noise[..., 0], expected[:, None], _SECOND_CLUSTER)
    return Plan(
        weights=np.where(allowed, active * np.exp(_SECOND_NOISE * normal), 0.0),
        variances=np.exp(_VARIANCE_LEAN * normal),
        noise=noise,
        hot=first + (pick * (SECONDS - first)).astype(np.int64),
        before=rows.before,
        table=rows.table,
    )


def _insert_prints(rows: SlotRows, seconds: Bars) -> None:
    """Put auction prints into their second, and the price before them into earlier seconds."""
    row = np.flatnonzero(rows.auction.volume > 0)
    if not len(row):
        return
    at = rows.auction_second[row]
    early = np.arange(SECONDS) < at[:, None]
    late = ~early & (rows.bars.volume[row, None] == 0)
    for column in fields(seconds)[:4]:
        part = np.where(early, rows.auction_before[row, None], column[row])
        column[row] = np.where(late, rows.auction.close[row, None], part)
        column[row, at] = rows.auction.close[row]
    seconds.volume[row, at] = rows.auction.volume[row]
    seconds.turnover[row, at] = rows.auction.turnover[row]
