"""Make the two trading signals of the older mocks' contract from the world's own bars.

Every number follows from the market at one instant; nothing is drawn. Bars are the newest
`BARS` day candles, in the shares of today, and the newest one is as of now: the same rows that
the daily chart (ka10081, adjusted) shows, so a client can compute RSI and volume ratio again.

Invariants: prices are on the symbol's price steps. Of a VCP signal, pivot >= current price. Of a
closing bet, BUY has stop < current < target, SELL the mirror of it (target < current < stop),
HOLD stop < current < target. Only at the lowest legal price, which nothing lies below, the lower
of the two equals the current one.

Few bars: a symbol with a short history is measured over what there is, one without a bar by the
neutral values of `indicators`; see there. A halted symbol can neither be bought nor sold: HOLD.

Known deviations: a signal is broadcast only as a hit, so the contract's VCP score lies between
70 and 95; here the band is filled by the pattern's quality, and a symbol without any pattern has
70. The 20-day volume ratio is plain: in the morning it is low, as little has been traded.
"""

from math import ceil
from typing import Literal

from msgspec import Struct

from kiwoom_sim.core.clock import day_of, time_of_day
from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.records import INVESTORS, Quote
from kiwoom_sim.market.rules.sessions import session_times
from kiwoom_sim.market.rules.ticks import (
    ceil_to_tick,
    floor_to_tick,
    limits,
    tick_size,
    tick_table,
)
from kiwoom_sim.protocol.ralph.indicators import (
    MEAN_PERIOD,
    DayBars,
    average_true_range,
    rsi,
    volume_ratio,
)
from kiwoom_sim.protocol.ralph.patterns import PatternKind, find_pattern
from kiwoom_sim.protocol.ralph.scores import FLOW_BARS, Scores, measure, points, total

Strength = Literal["Strong", "Moderate", "Weak"]
SignalType = Literal["BUY", "HOLD", "SELL"]

BARS = 120
"""Day candles looked at: what averages need to forget where they began."""

SCORE_MIN, SCORE_MAX = 70.0, 95.0
STRONG_FROM, MODERATE_FROM = 86.0, 79.0
BUY_FROM, SELL_TO = 9, 5
FAR_RANGES, NEAR_RANGES = 2, 1
"""Average true ranges to the target of a BUY or SELL, and to every other price."""

_BOARD_INDEX = {"KOSDAQ": "101"}
_OTHER_INDEX = "001"
_SMART_MONEY = slice(INVESTORS.index("foreign"), INVESTORS.index("state") + 1)


class VcpSignal(Struct, frozen=True, kw_only=True):
    """Hold a volatility contraction signal; prices in won.

    Attributes:
        score: 70 to 95, two digits.
        pivot_price: Resistance whose break would complete the pattern.
        volume_ratio: Volume of the newest day over the mean of the 20 before it, two digits.
        rsi: RSI 14 of the daily closes, two digits.
    """

    ticker: str
    name: str
    pattern_type: PatternKind
    score: float
    current_price: int
    pivot_price: int
    volume_ratio: float
    rsi: float
    signal_strength: Strength


class ClosingBetSignal(Struct, frozen=True, kw_only=True):
    """Hold a signal to bet on the next session at this one's close (종가베팅); prices in won.

    Attributes:
        score: 0 to 12; see `scores.total`.
    """

    ticker: str
    name: str
    score: int
    scores: Scores
    current_price: int
    target_price: int
    stop_loss: int
    signal_type: SignalType


def vcp_signal(views: Views, code: str) -> VcpSignal:
    """Return the volatility contraction signal of a symbol.

    Raises:
        KeyError: The code is not listed.
        NotReady: The market has to build something first; ask again afterwards.
    """
    instrument = views.market.universe.by_code[code]
    quote = views.market.quote(code, views.now_ms)
    bars = _day_bars(views, code)
    pattern = find_pattern(bars)
    score = round(SCORE_MIN + (SCORE_MAX - SCORE_MIN) * pattern.quality, 2)
    table = tick_table(instrument.product, quote.day)
    return VcpSignal(
        ticker=code,
        name=instrument.name_ko,
        pattern_type=pattern.kind,
        score=score,
        current_price=quote.last,
        pivot_price=int(ceil_to_tick(max(pattern.resistance, quote.last), table)),
        volume_ratio=round(volume_ratio(bars.volume), 2),
        rsi=round(rsi(bars.close), 2),
        signal_strength=strength_of(score),
    )


def closing_bet_signal(views: Views, code: str) -> ClosingBetSignal:
    """Return the closing bet signal of a symbol.

    Raises:
        KeyError: The code is not listed.
        NotReady: The market has to build something first; ask again afterwards.
    """
    instrument = views.market.universe.by_code[code]
    quote = views.market.quote(code, views.now_ms)
    bars = _day_bars(views, code)
    measures = measure(
        bars, _index_closes(views, instrument), _smart_money(views, code), _session_share(views)
    )
    scores = points(measures)
    score = total(scores)
    signal_type = signal_type_of(score, halted=quote.halted)
    target, stop = price_levels(signal_type, quote, instrument, average_true_range(bars))
    return ClosingBetSignal(
        ticker=code,
        name=instrument.name_ko,
        score=score,
        scores=scores,
        current_price=quote.last,
        target_price=target,
        stop_loss=stop,
        signal_type=signal_type,
    )


def strength_of(score: float) -> Strength:
    """Return the strength that a VCP score means."""
    if score >= STRONG_FROM:
        return "Strong"
    return "Moderate" if score >= MODERATE_FROM else "Weak"


def signal_type_of(score: int, *, halted: bool = False) -> SignalType:
    """Return what a closing bet's score advises."""
    if halted or SELL_TO < score < BUY_FROM:
        return "HOLD"
    return "BUY" if score >= BUY_FROM else "SELL"


def price_levels(
    signal_type: SignalType, quote: Quote, instrument: Instrument, usual_range: float
) -> tuple[int, int]:
    """Return (target, stop) of a closing bet, in won.

    Both are at least one price step away from the price and within the daily limits (가격제한폭)
    of a session that starts from it, as the bet is settled in the next one.

    Args:
        signal_type: What the signal advises.
        quote: The current price and its day.
        instrument: Says which price rules hold.
        usual_range: Average true range in won.
    """
    far, near = ceil(FAR_RANGES * usual_range), ceil(NEAR_RANGES * usual_range)
    if signal_type == "SELL":
        return _below(quote, instrument, far), _above(quote, instrument, near)
    reach = far if signal_type == "BUY" else near
    return _above(quote, instrument, reach), _below(quote, instrument, near)


def _above(quote: Quote, instrument: Instrument, reach: int) -> int:
    price, product = quote.last, instrument.product
    table = tick_table(product, quote.day)
    _, upper = limits(price, product, quote.day, instrument.leverage)
    nearest = int(ceil_to_tick(price + 1, table))
    return min(int(ceil_to_tick(price + max(1, reach), table)), max(upper, nearest))


def _below(quote: Quote, instrument: Instrument, reach: int) -> int:
    price, product = quote.last, instrument.product
    table = tick_table(product, quote.day)
    lower, _ = limits(price, product, quote.day, instrument.leverage)
    nearest = int(floor_to_tick(price - 1, table))
    wanted = int(floor_to_tick(max(0, price - max(1, reach)), table))
    return max(wanted, min(lower, nearest), tick_size(1, product, quote.day))


def _day_bars(views: Views, code: str) -> DayBars:
    candles = views.market.days(code, views.now_ms, day_of(views.now_ms), BARS)
    return DayBars(
        high=tuple(candles.high.tolist()),
        low=tuple(candles.low.tolist()),
        close=tuple(candles.close.tolist()),
        volume=tuple(candles.volume.tolist()),
    )


def _index_closes(views: Views, instrument: Instrument) -> list[int]:
    """Return the newest closes of the index of an instrument's board, in 1/100 point."""
    now = views.now_ms
    index = _BOARD_INDEX.get(instrument.market, _OTHER_INDEX)
    candles = views.market.indices.days(index, now, day_of(now), MEAN_PERIOD)
    closes: list[int] = candles.close.tolist()
    return closes


def _smart_money(views: Views, code: str) -> float:
    """Return net buys of foreigners and institutions over the volume of the newest days."""
    now = views.now_ms
    flows = views.market.investors.flows(code, now, day_of(now), FLOW_BARS)
    net = int((flows.buy - flows.sell)[:, _SMART_MONEY].sum())
    volume = int(flows.buy.sum())
    return net / volume if volume > 0 else 0.0


def _session_share(views: Views) -> float:
    """Return the share of the exchange's session that has passed, 0 outside of it."""
    calendar, now = views.market.calendar, views.now_ms
    if not calendar.is_session(day_of(now)):
        return 0.0
    times = session_times(calendar, day_of(now))
    passed = time_of_day(now) - times.open_ms
    whole = times.close_ms - times.open_ms
    return passed / whole if 0 <= passed < whole else 0.0
