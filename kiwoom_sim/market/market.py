"""Answer everything about the simulated market: the facade of this room.

Theory of operation: the market is a path, a pure function of (seed, configuration, time), and an
overlay of what was done to it. Daily bars come first (`daily`), are split into minutes, seconds
and trades (`refine`, `intraday`, `trades`), changed where the overlay says so (`tape`, `days`),
and looked at from all sides: quotes, books, candles, snapshots, indices, flows, member firms.

Invariants: `now` is always an argument, and an answer does not depend on what was asked before;
the last trade, the quote, the newest minute and day candle and the snapshot agree at any time.

Known deviations: outside the regular session nothing trades but what an event of the alternative
venue's after-market says (see `venues`, `evening`).
"""

from kiwoom_sim.core.clock import moment
from kiwoom_sim.market.basis import Basis
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.daily.path import DailyPath
from kiwoom_sim.market.hours import Hours
from kiwoom_sim.market.incidents import Incidents
from kiwoom_sim.market.indices.indices import Indices
from kiwoom_sim.market.intraday.blocks import Blocks
from kiwoom_sim.market.intraday.days import Days
from kiwoom_sim.market.intraday.tape_reader import TapeReader
from kiwoom_sim.market.listing.reference import Reference, load_reference
from kiwoom_sim.market.listing.universe import Universe, load_universe
from kiwoom_sim.market.listings import Listings
from kiwoom_sim.market.overlay import Overlay
from kiwoom_sim.market.panics import Panics
from kiwoom_sim.market.people.brokers import Brokers
from kiwoom_sim.market.people.investors import Investors
from kiwoom_sim.market.records import Book, Candles, Quote, Trades, Venue
from kiwoom_sim.market.rules.calendar import Calendar, load_calendar
from kiwoom_sim.market.store import NotReady, Store
from kiwoom_sim.market.views.book import Books
from kiwoom_sim.market.views.charts import Charts
from kiwoom_sim.market.views.quotes import quote_at
from kiwoom_sim.market.views.snapshot import Snapshot, Snapshots
from kiwoom_sim.market.views.trading import TradingView


class Market:
    """Answer questions about symbols at a time.

    Unknown codes raise `KeyError`; in a cooperative store any question may raise `NotReady`.

    Attributes:
        universe: Instruments.
        calendar: Sessions of the exchange.
        overlay: What was done to the market: halts, set prices, splits.
        listings: What is listed when.
        incidents: More that can be done to a symbol.
        panics: What can be done to a whole board.
        hours: What can be done to the hours of a session.
        densities: How dense trades are.
        store: Built units.
        reference: Member firms, sectors, indices and themes.
        indices: Indices and sectors (업종).
        investors: Investor flows (투자자).
        brokers: Member firms' trading (거래원).
        trading: Says how a symbol trades at an instant.
    """

    def __init__(
        self,
        config: MarketConfig,
        *,
        seed: int,
        start_day: int,
        start_ms: int | None = None,
        store: Store | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        """Open a market.

        Args:
            config: Which instruments exist.
            seed: Seed of the run.
            start_day: First day of the run; the overlay changes nothing before it.
            start_ms: Market time at which the run starts; from then on indices are exact in every
                second, not only at the end of minutes. Midnight of `start_day` if not given.
            store: Keeps built units; one store serves one market.
            calendar: Sessions of this run; the packaged ones if not given.

        Raises:
            ValueError: The configuration names an unknown symbol.
        """
        self.store = store if store is not None else Store()
        self.calendar: Calendar = load_calendar().of_run() if calendar is None else calendar
        self.universe: Universe = load_universe(config, seed)
        self.reference: Reference = load_reference()
        self.daily = DailyPath(self.universe, self.calendar, seed, self.store)
        self._days = Days(self.universe, self.calendar, self.daily, self.store)
        self.overlay: Overlay = self._days.overlay
        self.densities = self._days.densities
        self.listings = Listings(self._days)
        self.incidents = Incidents(self._days)
        opened_ms = moment(start_day) if start_ms is None else start_ms
        self.hours = Hours(self.calendar, self.store, opened_ms)
        self.trading = TradingView(self._days)
        self._books = Books(self._days)
        self._charts = Charts(self._days, start_day)
        self._tape = TapeReader(self._days)
        blocks = Blocks(self._days)
        self._snapshots = Snapshots(self._days, blocks)
        basis = Basis(
            universe=self.universe,
            calendar=self.calendar,
            daily=self.daily,
            store=self.store,
            start_day=start_day,
        )
        self.indices = Indices(basis, blocks, self.overlay, live_from=start_ms)
        self.panics = Panics(self._days, self._snapshots, self.indices, self.listings)
        self.investors = Investors(basis, self._charts)
        self.brokers = Brokers(basis, self._charts)

    def quote(self, code: str, now: int, venue: Venue = Venue.KRX) -> Quote:
        """Return the quote (현재가) of a symbol."""
        return quote_at(self._days, self._books, code, now, venue)

    def book(self, code: str, now: int, venue: Venue = Venue.KRX) -> Book:
        """Return the ten-level order book (호가) of a symbol."""
        return self._books.book(code, now, venue)

    def trades(self, code: str, start: int, end: int, venue: Venue = Venue.KRX) -> Trades:
        """Return the trades (체결) of a symbol with start < time <= end."""
        return self._tape.between(code, start, end, venue)

    def last_trades(self, code: str, now: int, count: int, venue: Venue = Venue.KRX) -> Trades:
        """Return the newest `count` trades of the day at or before now, oldest first."""
        return self._tape.newest(code, now, count, venue)

    def tick_candles(
        self,
        code: str,
        now: int,
        size: int,
        count: int,
        before: int | None = None,
        *,
        adjusted: bool = True,
    ) -> Candles:
        """Return the newest `count` candles of `size` trades that start before `before`."""
        return self._charts.tick_candles(code, now, size, count, before, adjusted=adjusted)

    def minutes(
        self,
        code: str,
        now: int,
        size: int,
        count: int,
        before: int | None = None,
        *,
        adjusted: bool = True,
    ) -> Candles:
        """Return the newest `count` candles of `size` minutes that start before `before`."""
        return self._charts.minutes(code, now, size, count, before, adjusted=adjusted)

    def days(
        self,
        code: str,
        now: int,
        last_day: int,
        count: int,
        *,
        adjusted: bool = True,
    ) -> Candles:
        """Return the newest `count` day candles up to `last_day`; today's is as of now.

        Candles are the exchange's on every venue. Today has none before the end of its opening
        auction.
        """
        return self._charts.day_candles(code, now, last_day, count, adjusted=adjusted)

    def periods(
        self,
        code: str,
        now: int,
        last_day: int,
        count: int,
        period: str,
        *,
        adjusted: bool = True,
    ) -> Candles:
        """Return the newest `count` candles of a period: `week`, `month` or `year`."""
        return self._charts.periods(code, now, last_day, count, period, adjusted=adjusted)

    def book_changes(self, code: str, start: int, end: int, venue: Venue = Venue.KRX) -> list[int]:
        """Return when new states of the book begin, start < time <= end."""
        return self._books.changes(code, start, end, venue)

    def snapshot(self, now: int, codes: list[str] | None = None) -> Snapshot:
        """Return columns over the named symbols, or over the whole universe."""
        return self._snapshots.at(now, codes)

    def prefetch(self, codes: list[str], start: int, end: int) -> None:
        """Build what quotes, trades and books of some symbols need from start to end.

        An empty list means what snapshots need at `end`.

        Raises:
            NotReady: Something is missing and the store is cooperative.
        """
        if not codes:
            self._snapshots.at(end)
            return
        missing = [code for code in codes if not self._tape.is_ready(code, start, end)]
        if not missing:
            return
        if self.store.must_yield:
            raise NotReady(
                ("prefetch", tuple(missing), start, end),
                lambda: self.store.run_inline(lambda: self._tape.build(missing, start, end)),
            )
        self._tape.build(missing, start, end)

    def listed_shares(self, code: str, day: int) -> int:
        """Return the number of listed shares (상장주식수) on a day."""
        return self._days.listed_shares(code, day)
