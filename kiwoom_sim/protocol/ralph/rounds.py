"""Say what `/ws` says by itself: a round of prices, now and then a signal.

Rounds are the run's, not a client's: they come at wire times k * interval, k = 1, 2, … since the
run began. A round has one price message for each ticker that anybody listens to, configured
tickers first and in their order, others by code; then, by chance, signals about one of the
configured tickers.

Invariants:
    - The messages of (a, b] followed by those of (b, c] are the messages of (a, c].
    - Who listens decides which messages exist; it changes no byte of them, and no draw.
    - Nothing is asked of the market while nobody listens.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct, structs

from kiwoom_sim.core.clock import MS_PER_MINUTE
from kiwoom_sim.core.rng import draw_below, stream_key
from kiwoom_sim.engine.views import Views
from kiwoom_sim.engine.world import World
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.protocol.calls import prepare_quotes
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.protocol.ralph.frames import (
    CLOSING_BET,
    PRICE,
    VCP,
    iso_time,
    message,
    realtime_price,
)
from kiwoom_sim.protocol.ralph.session import EVERYBODY
from kiwoom_sim.protocol.ralph.signals import closing_bet_signal, vcp_signal
from kiwoom_sim.protocol.registry import Pair, Registry

_WHOLE_BPS = 10_000
_BATCH = 20
"""Messages that are made in one go."""


class Broadcast(Struct, frozen=True, kw_only=True):
    """Hold one message of a round.

    Attributes:
        wire_ms: When it is due.
        body: JSON text of the WebSocket frame.
        listeners: Connections to send it to, in order.
        about: Its type and ticker.
    """

    wire_ms: int
    body: bytes
    listeners: tuple[int, ...]
    about: Pair = ("", "")


class Rounds:
    """Make the rounds of one run.

    Args:
        world: What is told.
        registry: Who listens to what on `/ws`.
        tickers: The configured tickers, as far as they are listed.
    """

    def __init__(
        self,
        world: World,
        registry: Registry,
        config: RalphConfig,
        *,
        tickers: tuple[str, ...],
        seed: int,
    ) -> None:
        self._world = world
        self._registry = registry
        self._interval_ms = config.interval_ms
        self._tickers = tickers
        self._chances = ((VCP, config.vcp_bps), (CLOSING_BET, config.closing_bet_bps))
        self._seed = seed
        self._made: dict[tuple[int, Pair], bytes] = {}
        self._computed: set[tuple[int, Pair]] = set()
        self._revision = world.revision
        self._warm = (-1, -1, -1)

    def due(self, after_ms: int, until_ms: int) -> list[Broadcast]:
        """Return the messages of the rounds at after_ms < wire time <= until_ms, in order.

        Raises:
            NotReady: The market has to build something first; ask again afterwards.
        """
        first, last = after_ms // self._interval_ms + 1, until_ms // self._interval_ms
        if first > last or not self._registry.listeners(EVERYBODY):
            return []
        found: list[Broadcast] = []
        for number in range(first, last + 1):
            found += self._round(number)
        self._drop_before(self._world.clock.at(after_ms))
        return found

    def ahead(self, until_ms: int) -> NotReady | None:
        """Return what to generate aside, now, so that the next round will not have to wait.

        Nothing but time is lost when nobody does. Ask again once it is built.
        """
        if not self._registry.listeners(EVERYBODY):
            return None
        number = until_ms // self._interval_ms + 1
        state = number, self._registry.revision, self._world.revision
        if state == self._warm:
            return None
        views = self._views(number)
        pairs = [pair for pair, _ in self._program(number)]
        try:
            self._make(views, pairs)
            self._prepare_minute(views)
        except NotReady as missing:
            return missing
        self._warm = state
        return None

    def _round(self, number: int) -> list[Broadcast]:
        """Return the messages of one round."""
        views, program = self._views(number), list(self._program(number))
        self._make(views, [pair for pair, _ in program])
        return [
            Broadcast(
                wire_ms=number * self._interval_ms,
                body=self._made[views.now_ms, pair],
                listeners=self._registry.listeners(audience),
                about=pair,
            )
            for pair, audience in program
        ]

    def _program(self, number: int) -> Iterator[tuple[Pair, Pair]]:
        """Yield what a round has, each as (what, code), and what one registers to hear it."""
        heard = dict.fromkeys(self._registry.items(PRICE))
        for code in self._tickers:
            if code in heard:
                yield (PRICE, code), (PRICE, code)
        for code in heard:
            if code not in self._tickers:
                yield (PRICE, code), (PRICE, code)
        for kind, chance_bps in self._chances if self._tickers else ():
            key = stream_key(self._seed, "ralph", kind)
            if draw_below(key, _WHOLE_BPS, number) < chance_bps:
                code = self._tickers[draw_below(key, len(self._tickers), number, lane=1)]
                yield (kind, code), EVERYBODY

    def _make(self, views: Views, pairs: list[Pair]) -> None:
        """Make the messages that are missing; a cooperative market asks to come back often."""
        if self._revision != self._world.revision:
            self._made.clear()
            self._revision = self._world.revision
        missing = [pair for pair in pairs if (views.now_ms, pair) not in self._made]
        in_steps = views.market.store.must_yield
        for first in range(0, len(missing), _BATCH):
            if in_steps and first:
                raise NotReady(("ralph round", views.now_ms, missing[first]), _nothing)
            batch = missing[first : first + _BATCH]
            prepare_quotes([code for _, code in batch], views)
            for kind, code in batch:
                if in_steps and kind != PRICE:
                    self._compute_aside(views, kind, code)
                self._made[views.now_ms, (kind, code)] = _MAKERS[kind](views, code)

    def _drop_before(self, market_ms: int) -> None:
        """Forget old messages; the stretch just told may be asked for again, so it stays."""
        self._made = {made: body for made, body in self._made.items() if made[0] >= market_ms}
        self._computed = {subject for subject in self._computed if subject[0] >= market_ms}

    def _compute_aside(self, views: Views, kind: str, code: str) -> None:
        """Ask that a signal be computed by a worker once, so that it is quick the next time."""
        subject = views.now_ms, (kind, code)
        if subject in self._computed:
            return

        def compute() -> None:
            views.market.store.run_inline(lambda: _MAKERS[kind](views, code))
            self._computed.add(subject)

        raise NotReady(("ralph signal", *subject), compute)

    def _prepare_minute(self, views: Views) -> None:
        """Build the minute after a round's, for everything that is heard."""
        minute = views.now_ms // MS_PER_MINUTE + 1
        later = Views(views.market, (minute + 1) * MS_PER_MINUTE - 1)
        codes = self._registry.items(PRICE)
        for first in range(0, len(codes), _BATCH):
            prepare_quotes(codes[first : first + _BATCH], later)

    def _views(self, number: int) -> Views:
        return self._world.views(number * self._interval_ms)


def _price(views: Views, code: str) -> bytes:
    return message(PRICE, views.now_ms, data=realtime_price(views, code))


def _vcp(views: Views, code: str) -> bytes:
    return _signal(VCP, views, vcp_signal(views, code))


def _closing_bet(views: Views, code: str) -> bytes:
    return _signal(CLOSING_BET, views, closing_bet_signal(views, code))


def _signal(kind: str, views: Views, found: Struct) -> bytes:
    data = {**structs.asdict(found), "detected_at": iso_time(views.now_ms)}
    return message(kind, views.now_ms, data=data)


_MAKERS: dict[str, Callable[[Views, str], bytes]] = {
    PRICE: _price,
    VCP: _vcp,
    CLOSING_BET: _closing_bet,
}


def _nothing() -> None:
    """Build nothing: the caller was only asked to come back."""
