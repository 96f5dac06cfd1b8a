"""Turn what the order desk notes into frames for the owners of the accounts (00, 04).

The desk follows market time along the stretches that the clock lives through; what it notes on
the way, and what orders noted in between, becomes frames in the order in which it happened.

Invariants: following in parts gives the same frames; a stretch that raises `NotReady` is followed
again from where it stopped, and nothing noted is lost.
"""

from collections.abc import Callable
from heapq import merge

from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.orders import Notice
from kiwoom_sim.engine.world import World
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.confirmations import balance_push, order_push
from kiwoom_sim.protocol.projection import render_values
from kiwoom_sim.protocol.realtime import real_frame
from kiwoom_sim.protocol.spec import Oddities
from kiwoom_sim.protocol.switchboard import Switchboard
from kiwoom_sim.runtime.outbox import Outgoing

ORDERS, BALANCES = "00", "04"

Ticks = Callable[[int], list[Outgoing]]


class Notices:
    """Follow the desk and tell the owners."""

    def __init__(self, world: World, desk: Desk, board: Switchboard, oddities: Oddities) -> None:
        self._world = world
        self._desk = desk
        self._board = board
        self._oddities: Oddities = oddities
        self._elapsed_ms = 0
        self._wire_ms = 0
        self._told: list[Outgoing] = []

    def among(self, ticks: Ticks, until_ms: int) -> list[Outgoing]:
        """Return the market's frames up to a wire time with those of accounts among them.

        Raises:
            NotReady: The market has to be generated first; nothing was taken.
        """
        self.follow(until_ms)
        return list(merge(ticks(until_ms), self.take(), key=_ms))

    def follow(self, until_ms: int) -> None:
        """Let the desk follow market time up to a wire time.

        Raises:
            NotReady: The market has to be generated first; then follow again.
        """
        clock = self._world.clock
        elapsed_ms = clock.elapsed_at(until_ms)
        for span in clock.spans(self._elapsed_ms, elapsed_ms):
            self._desk.follow(span.after, span.until)
            self._elapsed_ms = clock.elapsed_of(span.until)
        self._elapsed_ms = max(self._elapsed_ms, elapsed_ms)
        self._collect()
        self._wire_ms = max(self._wire_ms, until_ms)

    def take(self) -> list[Outgoing]:
        """Return the frames of what was noted, in order, and forget them."""
        self._collect()
        taken, self._told = self._told, []
        return taken

    def _collect(self) -> None:
        for notice in self._desk.take_notices():
            wire_ms = self._world.clock.wire_of(notice.time_ms)
            ms = max(self._wire_ms, wire_ms or 0)
            self._told += self._frames(notice, ms)

    def _frames(self, notice: Notice, ms: int) -> list[Outgoing]:
        """Return the frames that tell of a notice to those who listen now."""
        line, owner = notice.line, notice.line.owner
        frames = []
        market = self._world.market
        quote = market.store.run_inline(lambda: market.quote(line.symbol, notice.time_ms))
        name = market.universe.by_code[line.symbol].name_ko
        statement = self._desk.statement(owner)
        to = self._listeners(owner, ORDERS)
        if to:
            order = order_push(notice, statement, name, quote)
            frames.append(self._frame(ORDERS, line.symbol, order, to, ms))
        to = self._listeners(owner, BALANCES)
        if to and notice.position is not None:
            balance = balance_push(notice, notice.position, statement, name, quote)
            frames.append(self._frame(BALANCES, line.symbol, balance, to, ms))
        return frames

    def _listeners(self, owner: int, kind: str) -> tuple[int, ...]:
        """Return the connections of an app key that registered a type, in order of opening."""
        registry = self._board.registry
        heard = {
            connection
            for item in registry.items(kind)
            for connection in registry.listeners((kind, item))
            if self._board.key_of(connection) == owner
        }
        return tuple(sorted(heard))

    def _frame(
        self, kind: str, symbol: str, record: object, to: tuple[int, ...], ms: int
    ) -> Outgoing:
        spec = loader.realtime(kind)
        assert spec is not None
        body = real_frame(spec, symbol, render_values(spec, self._oddities, record))
        return Outgoing(ms=ms, to=to, frame=body, cause="tick")


def _ms(item: Outgoing) -> int:
    return item.ms
