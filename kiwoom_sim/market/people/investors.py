"""Answer who bought and sold a symbol on which day, and what foreigners hold.

Layout: sessions before the run are cached in blocks of `BLOCK` sessions, built outward from the
reference day, whose foreign holding is known. Sessions of the run follow from the bars that its
overlay shows. Today's flows are the part of the whole day's flows that the volume so far is of
the whole day's volume, so they only grow and end at the day's flows.

Known deviations: the broker publishes estimates during the day and the official figures at
night; here the running figures are already true.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kiwoom_sim.core.clock import MS_PER_DAY, day_of, moment
from kiwoom_sim.core.rng import normal_grid, stream_key
from kiwoom_sim.market.apportion import one_so_far, part_so_far
from kiwoom_sim.market.basis import Basis, LiveSymbols
from kiwoom_sim.market.listing.fundamentals import CompanyFacts, company_facts
from kiwoom_sim.market.listing.instruments import Instrument
from kiwoom_sim.market.people.flow_model import (
    FOREIGN,
    INSTITUTIONS,
    MEMORY,
    FlowNoise,
    draw_noise,
    keep_within,
    split_turnover,
    split_volume,
    usual_shares,
)
from kiwoom_sim.market.records import Candles, Flows, Ints

BLOCK = 64


class _Span(Struct, frozen=True, kw_only=True):
    """Hold flows of consecutive sessions; `holdings` starts with the one before the first."""

    day: Ints
    buy: Ints
    sell: Ints
    buy_won: Ints
    sell_won: Ints
    holdings: Ints


class _Bars(Struct, frozen=True, kw_only=True):
    """Hold the columns of day bars that flows depend on."""

    high: Ints
    low: Ints
    close: Ints
    base: Ints
    volume: Ints
    turnover: Ints

    def returns(self) -> NDArray[np.float64]:
        """Return the daily log returns."""
        logs: NDArray[np.float64] = np.log(self.close / self.base)
        return logs


class _Run(Struct, frozen=True, kw_only=True):
    """Hold finished sessions of the run.

    Attributes:
        lean: How dear each kind traded in the last one, shape (1, 12).
    """

    span: _Span
    lean: NDArray[np.float64]

    def so_far(self, shown: _Bars) -> _Span:
        """Return the sessions, the last one as far as its bar shows."""
        whole = self.span
        done = int(shown.volume[0])
        if done >= whole.buy[-1].sum():
            return whole
        buy, sell, holdings = whole.buy.copy(), whole.sell.copy(), whole.holdings.copy()
        buy[-1], sell[-1] = part_so_far(buy[-1], done), part_so_far(sell[-1], done)
        holdings[-1] += (buy - sell - whole.buy + whole.sell)[-1, FOREIGN]
        won = _won(buy[-1:], sell[-1:], self.lean, shown)
        return _Span(
            day=whole.day,
            buy=buy,
            sell=sell,
            buy_won=np.concatenate([whole.buy_won[:-1], won[0]]),
            sell_won=np.concatenate([whole.sell_won[:-1], won[1]]),
            holdings=holdings,
        )


def _won(buy: Ints, sell: Ints, lean: NDArray[np.float64], bars: _Bars) -> tuple[Ints, Ints]:
    """Return the won behind bought and sold shares."""
    return (
        split_turnover(buy, lean, bars.low, bars.high, bars.turnover),
        split_turnover(sell, -lean, bars.low, bars.high, bars.turnover),
    )


class Investors:
    """Answer investor flows (투자자별 매매) and foreign holdings of symbols."""

    def __init__(self, basis: Basis, live: LiveSymbols) -> None:
        """Bind the parts of a market and what its symbols show."""
        self._live = live
        self._universe = basis.universe
        self._calendar = basis.calendar
        self._daily = basis.daily
        self._store = basis.store
        self._start = self._calendar.session_index(self._calendar.latest(basis.start_day))

    def facts(self, code: str) -> CompanyFacts:
        """Return the reported figures of a symbol."""
        return self._store.get(
            ("facts", code), lambda: company_facts(self._universe.seed, self._instrument(code))
        )

    def flows(self, code: str, now: int, last_day: int, count: int) -> Flows:
        """Return the flows of the newest `count` sessions up to `last_day`, as seen at `now`."""
        span = self._span(code, now, last_day, count)
        return Flows(
            day=span.day,
            buy=span.buy,
            sell=span.sell,
            buy_won=span.buy_won,
            sell_won=span.sell_won,
        )

    def foreign_holdings(self, code: str, now: int, last_day: int, count: int) -> Ints:
        """Return what foreigners held after each session that `flows` would answer, in shares."""
        return self._span(code, now, last_day, count).holdings[1:]

    def foreign_holding(self, code: str, day: int, now: int | None = None) -> int:
        """Return what foreigners hold after a day's session, or at `now` if that is earlier."""
        seen = moment(day, MS_PER_DAY - 1) if now is None else now
        last = self._newest(code, seen, day)
        if last < self._start or self._calendar.day_at(last) < day_of(seen):
            return int(self._span(code, seen, day, 1).holdings[-1])
        whole = self._whole_run(code, last).span
        bought, sold = whole.buy[-1], whole.sell[-1]
        done = self._live.volume_at(code, seen)
        to_come = bought[FOREIGN] - one_so_far(bought, FOREIGN, done)
        to_come -= sold[FOREIGN] - one_so_far(sold, FOREIGN, done)
        return int(whole.holdings[-1] - to_come)

    def program(self, code: str, now: int, last_day: int, count: int) -> tuple[Ints, Ints]:
        """Return shares bought and sold by programs (프로그램매매), for the rows of `flows`.

        Programs are a part of what foreigners and institutions trade.
        """
        span = self._span(code, now, last_day, count)
        key = stream_key(self._universe.seed, "program", code)
        draws = normal_grid(np.array([key], dtype=np.uint32), span.day, 2)
        usual = 46 if self._instrument(code).market == "KOSDAQ" else 58
        percents = np.clip(usual + np.rint(8 * draws), 25, 85).astype(np.int64)
        eligible = [
            side[:, FOREIGN] + side[:, INSTITUTIONS].sum(axis=1) for side in (span.buy, span.sell)
        ]
        return eligible[0] * percents[:, 0] // 100, eligible[1] * percents[:, 1] // 100

    def credit_ratio_bps(self, code: str, day: int) -> int:
        """Return the margin-loan balance (신용잔고율) of a day, in basis points of the shares."""

        def draw() -> int:
            key = stream_key(self._universe.seed, "credit", code)
            rows = np.arange(day - 19, day + 1)
            drift = float(normal_grid(np.array([key], dtype=np.uint32), rows, 1).mean())
            return round(self.facts(code).credit_ratio_bps * (1 + 0.5 * drift))

        return self._store.get(("credit", code, day), draw)

    def _instrument(self, code: str) -> Instrument:
        return self._universe.by_code[code]

    def _span(self, code: str, now: int, last_day: int, count: int) -> _Span:
        """Return `count` sessions up to `last_day`: blocks of the path, then the run's own."""
        last = self._newest(code, now, last_day)
        first = max(self._calendar.first_index, last - count + 1)
        pieces = []
        if first < self._start:
            pieces.append(self._past(code, first, min(last, self._start - 1)))
        if last >= self._start:
            run = self._run(code, now, last)
            pieces.append(_cut(run, max(0, first - self._start), len(run.day)))
        return _join(pieces)

    def _newest(self, code: str, now: int, last_day: int) -> int:
        """Return the newest session up to a day that shows flows at `now`."""
        calendar, today = self._calendar, day_of(now)
        newest = calendar.latest(min(last_day, today))
        if newest == today and not self._has_traded(code, now):
            newest = calendar.previous(today)
        return calendar.session_index(newest)

    def _has_traded(self, code: str, now: int) -> bool:
        """Say whether today has a candle; before its first trade it has no flows either."""
        if self._live.volume_at(code, now) > 0:
            return True
        today = day_of(now)
        candles = self._live.day_candles(code, now, today, 1)
        return len(candles) > 0 and int(candles.time[-1]) == moment(today)

    def _past(self, code: str, first: int, last: int) -> _Span:
        """Return sessions of the path, joined from blocks."""
        pieces = []
        at = first
        while at <= last:
            block = self._block(code, _block_of(at))
            start = self._calendar.session_index(int(block.day[0]))
            end = min(last, start + len(block.day) - 1)
            pieces.append(_cut(block, at - start, end - start + 1))
            at = end + 1
        return _join(pieces)

    def _block(self, code: str, number: int) -> _Span:
        return self._store.get(
            ("flows", code, number), lambda: self._build_block(code, number), heavy=True
        )

    def _build_block(self, code: str, number: int) -> _Span:
        """Build a block of the path; its holding continues from the block nearer the anchor."""
        backward = number < 0
        if backward:
            last = BLOCK * (number + 1)
            first = max(self._calendar.first_index, last - BLOCK + 1)
        else:
            first = BLOCK * number + 1
            last = min(self._calendar.last_index, first + BLOCK - 1)
        if number in {-1, 0}:
            known = self.facts(code).foreign_reference
        else:
            nearer = self._block(code, number + (1 if backward else -1))
            known = int(nearer.holdings[0 if backward else -1])
        position = self._universe.index(code)
        assert position is not None, "the caller knows the symbol"
        raw = self._daily.bars(np.array([position]), first, last)
        bars = _Bars(
            high=raw.high[0],
            low=raw.low[0],
            close=raw.close[0],
            base=raw.base[0],
            volume=raw.volume[0],
            turnover=raw.turnover[0],
        )
        buy, sell, noise = self._split(code, first, bars)
        cap = self.facts(code).foreign_cap(self._instrument(code).listed_shares)
        buy, sell, holdings = keep_within(buy, sell, known, cap, backward=backward)
        buy_won, sell_won = _won(buy, sell, noise.price, bars)
        return _Span(
            day=self._session_days(first, last),
            buy=buy,
            sell=sell,
            buy_won=buy_won,
            sell_won=sell_won,
            holdings=holdings,
        )

    def _run(self, code: str, now: int, last: int) -> _Span:
        """Return the run's sessions up to a session, the last one as far as `now`."""
        whole = self._whole_run(code, last)
        return whole.so_far(self._bars_of(code, now, whole.span.day[-1:]))

    def _whole_run(self, code: str, last: int) -> _Run:
        """Return the run's sessions up to a session, all of them finished."""
        end = self._calendar.day_at(last)
        key = ("flow-run", code, end, self._live.stamp(code, end))
        return self._store.get(key, lambda: self._build_run(code, last))

    def _build_run(self, code: str, last: int) -> _Run:
        days = self._session_days(self._start, last)
        bars = self._bars_of(code, moment(int(days[-1]), MS_PER_DAY - 1), days)
        buy, sell, noise = self._split(code, self._start, bars)
        holdings = self._follow_holdings(code, days, buy, sell)
        buy_won, sell_won = _won(buy, sell, noise.price, bars)
        span = _Span(
            day=days, buy=buy, sell=sell, buy_won=buy_won, sell_won=sell_won, holdings=holdings
        )
        return _Run(span=span, lean=noise.price[-1:])

    def _bars_of(self, code: str, now: int, days: Ints) -> _Bars:
        return _fill(self._live.day_candles(code, now, int(days[-1]), len(days)), days)

    def _follow_holdings(self, code: str, days: Ints, buy: Ints, sell: Ints) -> Ints:
        """Clip the flows of the run's sessions in place and return the holdings they lead to."""
        facts = self.facts(code)
        known = int(self._past(code, self._start - 1, self._start - 1).holdings[-1])
        shares = self._instrument(code).listed_shares
        holdings = np.empty(len(days) + 1, dtype=np.int64)
        holdings[0] = known
        for row, day in enumerate(days.tolist()):
            listed = self._live.listed_shares(code, day)
            if listed != shares:  # a split changes what is held along with what is listed
                known = known * listed // shares
                shares = listed
            one = slice(row, row + 1)
            cap = facts.foreign_cap(shares)
            buy[one], sell[one], after = keep_within(buy[one], sell[one], known, cap)
            holdings[row + 1] = known = int(after[-1])
        return holdings

    def _split(self, code: str, first: int, bars: _Bars) -> tuple[Ints, Ints, FlowNoise]:
        """Split the volumes of sessions from `first` on over the investor kinds."""
        last = first + len(bars.volume) - 1
        seed = self._universe.seed
        noise = draw_noise(
            stream_key(seed, "flows", code),
            stream_key(seed, "flows-market"),
            self._session_days(first - MEMORY, last),
        )
        usual = usual_shares(self._instrument(code))
        buy, sell = split_volume(usual, noise, bars.returns(), bars.volume)
        return buy, sell, noise

    def _session_days(self, first: int, last: int) -> Ints:
        """Return the days of sessions; before the calendar, the days before its first one."""
        start = self._calendar.first_index
        inside = self._calendar.sessions(
            self._calendar.day_at(max(first, start)), self._calendar.day_at(last)
        )
        missing = max(0, start - first)
        return np.concatenate([self._calendar.first_day - np.arange(missing, 0, -1), inside])


def _block_of(session: int) -> int:
    """Return the number of the block that a session is in; blocks below 0 end at the anchor."""
    return (session - 1) // BLOCK if session > 0 else -(-session // BLOCK) - 1


def _cut(span: _Span, start: int, end: int) -> _Span:
    return _Span(
        day=span.day[start:end],
        buy=span.buy[start:end],
        sell=span.sell[start:end],
        buy_won=span.buy_won[start:end],
        sell_won=span.sell_won[start:end],
        holdings=span.holdings[start : end + 1],
    )


def _join(pieces: list[_Span]) -> _Span:
    if len(pieces) == 1:
        return pieces[0]
    return _Span(
        day=np.concatenate([piece.day for piece in pieces]),
        buy=np.concatenate([piece.buy for piece in pieces]),
        sell=np.concatenate([piece.sell for piece in pieces]),
        buy_won=np.concatenate([piece.buy_won for piece in pieces]),
        sell_won=np.concatenate([piece.sell_won for piece in pieces]),
        holdings=np.concatenate(
            [pieces[0].holdings[:1], *(piece.holdings[1:] for piece in pieces)]
        ),
    )


def _fill(candles: Candles, days: Ints) -> _Bars:
    """Return bars of exactly the given days; a day without a candle has no volume."""
    seen = candles.time // MS_PER_DAY
    asked = np.isin(seen, days)
    places = np.searchsorted(days, seen[asked])
    columns = {}
    for name in ("high", "low", "close", "base", "volume", "turnover"):
        whole = np.zeros(len(days), dtype=np.int64)
        if name in {"close", "base"}:
            whole += 1
        whole[places] = getattr(candles, name)[asked]
        columns[name] = whole
    return _Bars(**columns)
