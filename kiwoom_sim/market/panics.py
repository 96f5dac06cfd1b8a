"""Turn what happens to a whole board into entries of the overlay: index shocks, circuit breakers.

Theory of operation: a board moves by a factor for each of its members, one plus its beta times a
number that is chosen so that the index arrives where it has to; funds on the board's index move
by their leverage. Everything begins at a whole minute (see `intraday.bends`).

Known deviations: ELWs, funds on single shares or on things abroad, and shares in liquidation
trading stay on their path. No
stage of a circuit breaker needs the one before it. Programme trading is not shown by anything
that is served, so a sidecar is only checked and remembered.

Source:
    KRX market-wide circuit breaker: index 8 / 15 / 20 % below the previous close for a minute;
    twenty minutes of halt and a call auction of ten minutes with a random end, stage 3 ends the
    day; once a day each, stages 1 and 2 not in the last forty minutes. Sidecar: five minutes,
    once a day, not in the first five and the last forty minutes.

Every method raises `ValueError` with the reason if the incident cannot happen.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kiwoom_sim.core.clock import MS_PER_MINUTE, day_of, format_moment, moment
from kiwoom_sim.market.alterations import PPM, Closure, Tide
from kiwoom_sim.market.indices.indices import Indices
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.listing.offerings import NEW
from kiwoom_sim.market.listings import LIQUIDATION, Listings
from kiwoom_sim.market.rules.interruptions import auction_end
from kiwoom_sim.market.rules.sessions import SessionTimes
from kiwoom_sim.market.views.snapshot import Snapshots

Board = Literal["KOSPI", "KOSDAQ"]

INDEX_OF: dict[Board, str] = {"KOSPI": "001", "KOSDAQ": "101"}
FALL_BPS = {1: 800, 2: 1_500, 3: 2_000}
"""How far below the previous close an index falls to reach a stage."""

_FUNDS: dict[str, Board] = {"KOSPI200": "KOSPI", "KRX100": "KOSPI", "KOSDAQ150": "KOSDAQ"}
_MARGIN_BPS = 70
_HALT_MS, _AUCTION_MS = 20 * MS_PER_MINUTE, 10 * MS_PER_MINUTE
_LAST_MS, _FIRST_MS = 40 * MS_PER_MINUTE, 5 * MS_PER_MINUTE
_STEPS = 60

Floats = NDArray[np.float64]


class Panics:
    """Let something happen to a board after a time."""

    def __init__(
        self, days: Days, snapshots: Snapshots, indices: Indices, listings: Listings
    ) -> None:
        self._days = days
        self._overlay = days.overlay
        self._snapshots = snapshots
        self._listings = listings
        self._indices = indices
        self._broken: list[tuple[int, str, Board]] = []
        self._closed: list[tuple[int, int, Board]] = []

    def index_shock(
        self, board: Board, at_ms: int, change_bps: int, over_ms: int, recovery_ms: int = 0
    ) -> None:
        """Move an index by a share of where it stands, through all its members.

        Args:
            board: Whose index.
            at_ms: Told when; it begins with the next minute.
            change_bps: How far, in basis points of the present level, negative = down.
            over_ms: How long it takes, in whole minutes, rounded up.
            recovery_ms: How long it takes to come back; 0 = it stays.
        """
        begin_ms, _ = self._minute(board, at_ms)
        top_ms = begin_ms + _minutes(over_ms)
        knots = [(top_ms, 0)]
        if recovery_ms:
            knots.append((top_ms + _minutes(recovery_ms), PPM))
        self._add(at_ms, self._tides(board, (at_ms,), 1 + change_bps / 10_000), begin_ms, knots)

    def circuit_breaker(self, board: Board, at_ms: int, stage: int) -> None:
        """Let an index fall below a stage of the circuit breaker, and stop the board.

        The fall takes a minute and has to last for another one.

        Args:
            board: Which board.
            at_ms: Told when; the fall begins with the next minute.
            stage: 1, 2 or 3; the last one ends the day.
        """
        begin_ms, times = self._minute(board, at_ms)
        stop_ms = begin_ms + 2 * MS_PER_MINUTE
        code, name = INDEX_OF[board], f"stage {stage}"
        latest_ms = moment(times.day, times.close_ms) - _LAST_MS
        if stage < 3 and stop_ms >= latest_ms:
            raise ValueError(
                f"a circuit breaker of stage {stage} at {format_moment(stop_ms)} is later than"
                f" {format_moment(latest_ms)}"
            )
        self._once(times.day, name, board)
        quote = self._indices.quote(code, at_ms)
        target = quote.base * (10_000 - FALL_BPS[stage] - _MARGIN_BPS) / 10_000
        if stage < 3:
            auction_ms = stop_ms + _HALT_MS
            end_ms = auction_end(self._days.universe.seed, board, auction_ms + _AUCTION_MS)
            closure = Closure(stop_ms, auction_ms, end_ms)
        else:
            closure = Closure(stop_ms, moment(times.day + 1), 0)
        # Where the members would stand while the fall has to last; the path is known ahead.
        later = (begin_ms + MS_PER_MINUTE, stop_ms)
        tides = self._tides(board, (at_ms, *later), target / quote.last)
        self._add(at_ms, tides, begin_ms, [(later[0], 0)])
        for row in self._members(board, at_ms, with_funds=True):
            self._overlay.add(self._days.universe.codes[row], at_ms, closure)
        self._broken.append((times.day, name, board))
        self._closed.append((at_ms, closure.end_ms or closure.auction_ms, board))

    def sidecar(self, board: Board, at_ms: int) -> None:
        """Stop programme trading (사이드카) for five minutes; nothing served shows it."""
        _, times = self._minute(board, at_ms)
        first_ms = moment(times.day, times.open_ms) + _FIRST_MS
        last_ms = moment(times.day, times.close_ms) - _LAST_MS
        if not first_ms <= at_ms < last_ms:
            raise ValueError(
                f"a sidecar at {format_moment(at_ms)} is outside {format_moment(first_ms)} to"
                f" {format_moment(last_ms)}"
            )
        self._once(times.day, "sidecar", board)
        self._broken.append((times.day, "sidecar", board))

    def is_stopping(self, board: str, at_ms: int) -> bool:
        """Say whether a circuit breaker of a board falls, holds or reopens at a time."""
        return any(start <= at_ms < end and who == board for start, end, who in self._closed)

    def _once(self, day: int, name: str, board: Board) -> None:
        if (day, name, board) in self._broken:
            raise ValueError(f"{name} of {board} was already triggered on that day")

    def _minute(self, board: Board, at_ms: int) -> tuple[int, SessionTimes]:
        """Return the next whole minute, which has to be one of continuous trading."""
        day = day_of(at_ms)
        if not self._days.calendar.is_session(day):
            raise ValueError(f"{format_moment(at_ms)} is not on a session")
        times = self._days.times(day)
        begin_ms = -(-at_ms // MS_PER_MINUTE) * MS_PER_MINUTE
        opened = moment(day, times.open_ms) + MS_PER_MINUTE
        if not opened <= begin_ms < moment(day, times.closing_auction_ms) - MS_PER_MINUTE:
            raise ValueError(f"there is no continuous trading at {format_moment(at_ms)}")
        if self.is_stopping(board, at_ms):
            raise ValueError(f"{board} is already stopping or closed at {format_moment(at_ms)}")
        return begin_ms, times

    def _members(self, board: Board, at_ms: int, *, with_funds: bool) -> list[int]:
        """Return the rows of the shares of an index, or of all its board and the funds on it."""
        rows = []
        for row, each in enumerate(self._days.universe.instruments):
            flags = self._listings.flags(each, at_ms)
            if not self._listings.is_listed(each.code, day_of(at_ms)) or LIQUIDATION in flags:
                continue
            if NEW in flags and not with_funds:
                continue
            is_fund = _FUNDS.get(each.extra.get("underlying", "")) == board
            if each.market == board or (with_funds and is_fund and each.market != "ELW"):
                rows.append(row)
        return rows

    def _tides(self, board: Board, times: tuple[int, ...], goal: float) -> dict[str, int]:
        """Return the factors, in parts per million, that move an index by a factor.

        Args:
            board: Whose index.
            times: The index is moved from where it stands at the first; at the others it is at
                most where it has to arrive.
            goal: Factor on the index.
        """
        universe = self._days.universe
        rows = self._members(board, times[0], with_funds=False)
        if not rows:
            raise ValueError(f"the market has no member of {board}")
        at = np.array(rows)
        shown = self._snapshots.at(times[0])
        prices = [shown.last[at], *(self._snapshots.at(time).last[at] for time in times[1:])]
        highest = np.max(prices, axis=0)
        shares = universe.shares[at].astype(np.float64)
        weight, now = highest * shares, prices[0] * shares
        least = np.maximum(shown.lower[at] / highest, 1e-3)
        most = np.maximum(shown.upper[at] / highest, 1.0)
        beta = np.maximum(universe.beta[at], 0.05)
        wanted = goal * float(now.sum()) / float(weight.sum())
        strength = _strength(weight, beta, (least, most), wanted)
        parts = dict(zip(rows, np.clip(1 + strength * beta, least, most).tolist(), strict=True))
        factors = {}
        for row in self._members(board, times[0], with_funds=True):
            instrument = universe.instruments[row]
            factor = parts.get(row, max(1 + (goal - 1) * instrument.leverage, 1e-3))
            factors[instrument.code] = max(round(factor * PPM), 1)
        return factors

    def _add(
        self, at_ms: int, factors: dict[str, int], begin_ms: int, knots: list[tuple[int, int]]
    ) -> None:
        """Add tides; knots of 0 stand for a symbol's own factor."""
        for code, ppm in factors.items():
            own = tuple((time, factor or ppm) for time, factor in knots)
            self._overlay.add(code, at_ms, Tide(begin_ms, own))


def _minutes(span_ms: int) -> int:
    """Return a span in whole minutes, at least one."""
    return max(-(-span_ms // MS_PER_MINUTE), 1) * MS_PER_MINUTE


def _strength(weight: Floats, beta: Floats, limits: tuple[Floats, Floats], goal: float) -> float:
    """Return the number that, times betas, moves the whole by a factor inside the limits."""
    low, high = -1.0 / float(beta.min()), 1.0 / float(beta.min())
    whole = float(weight.sum())
    for _ in range(_STEPS):
        middle = (low + high) / 2
        moved = float((weight * np.clip(1 + middle * beta, *limits)).sum()) / whole
        low, high = (middle, high) if moved < goal else (low, middle)
    return high
