"""Turn time into frames: what the market, and the rounds of `/ws`, have to say up to a wire time.

Market time may stand still while wire time goes on: then the rounds go on alone.
"""

from heapq import merge

from kiwoom_sim.engine.world import World
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.protocol.ralph.rounds import Broadcast, Rounds
from kiwoom_sim.protocol.realtime import Frame, Realtime
from kiwoom_sim.runtime.outbox import Outgoing


class Ticker:
    """Follow the clock of a world and fetch each stretch of time once.

    Args:
        rounds: What `/ws` says by itself; None = nobody can listen there.
    """

    def __init__(self, world: World, realtime: Realtime, rounds: Rounds | None = None) -> None:
        self._world = world
        self._realtime = realtime
        self._rounds = rounds
        self._elapsed_ms = -1
        self._wire_ms = 0
        self._revision = world.revision

    def __call__(self, until_ms: int) -> list[Outgoing]:
        """Return the frames that are due up to a wire time and were not returned yet.

        Raises:
            NotReady: The market has to be generated first; nothing was taken.
        """
        # Rounds first: they forget nothing when the market then asks to come back.
        told = self._told(until_ms)
        frames = self._frames(until_ms)
        self._elapsed_ms = max(self._elapsed_ms, self._world.clock.elapsed_at(until_ms))
        self._wire_ms = max(self._wire_ms, until_ms)
        return list(merge(frames, told, key=_ms)) if told else frames

    def ahead(self, until_ms: int) -> NotReady | None:
        """Return what may be generated aside now, so that nothing has to wait for it later."""
        now = self._world.clock.at(until_ms)
        return (
            self._realtime.ahead(now)
            or self._world.market.indices.ahead(now)
            or (self._rounds.ahead(until_ms) if self._rounds is not None else None)
        )

    def _frames(self, until_ms: int) -> list[Outgoing]:
        """Return what the market has to say."""
        clock = self._world.clock
        elapsed_ms = clock.elapsed_at(until_ms)
        if elapsed_ms <= self._elapsed_ms:
            return []
        if self._revision != self._world.revision:
            self._realtime.forget()
            self._revision = self._world.revision
        frames: list[Frame] = []
        for span in clock.spans(self._elapsed_ms, elapsed_ms):
            frames += self._realtime.frames(span.after, span.until)
        return [self._outgoing(frame, until_ms) for frame in frames]

    def _told(self, until_ms: int) -> list[Outgoing]:
        """Return what the rounds have to say."""
        if self._rounds is None or until_ms <= self._wire_ms:
            return []
        return [_of_round(told) for told in self._rounds.due(self._wire_ms, until_ms)]

    def _outgoing(self, frame: Frame, until_ms: int) -> Outgoing:
        due_ms = self._world.clock.wire_of(frame.due_ms)
        assert due_ms is not None
        assert due_ms <= until_ms
        return Outgoing(
            ms=due_ms, to=frame.listeners, frame=frame.body, cause="tick",
            name="REAL", type=frame.kind, code=frame.item,
        )  # fmt: skip


def _of_round(told: Broadcast) -> Outgoing:
    kind, code = told.about
    return Outgoing(
        ms=told.wire_ms, to=told.listeners, frame=told.body, cause="tick",
        name=kind, type=kind, code=code,
    )  # fmt: skip


def _ms(item: Outgoing) -> int:
    return item.ms
