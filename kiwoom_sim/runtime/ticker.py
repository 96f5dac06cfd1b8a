"""Turn market time into frames: what the market has to say up to a wire time."""

from kiwoom_sim.engine.world import World
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.protocol.realtime import Frame, Realtime
from kiwoom_sim.runtime.outbox import Outgoing


class Ticker:
    """Follow the clock of a world and fetch each stretch of market time once."""

    def __init__(self, world: World, realtime: Realtime) -> None:
        self._world = world
        self._realtime = realtime
        self._elapsed_ms = -1
        self._revision = world.revision

    def __call__(self, until_ms: int) -> list[Outgoing]:
        """Return the frames that are due up to a wire time and were not returned yet.

        Raises:
            NotReady: The market has to be generated first; nothing was taken.
        """
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
        self._elapsed_ms = elapsed_ms
        return [self._outgoing(frame, until_ms) for frame in frames]

    def ahead(self, until_ms: int) -> NotReady | None:
        """Return what may be generated aside now, so that nothing has to wait for it later."""
        now = self._world.clock.at(until_ms)
        return self._realtime.ahead(now) or self._world.market.indices.ahead(now)

    def _outgoing(self, frame: Frame, until_ms: int) -> Outgoing:
        due_ms = self._world.clock.wire_of(frame.due_ms)
        assert due_ms is not None
        assert due_ms <= until_ms
        return Outgoing(ms=due_ms, to=frame.listeners, frame=frame.body, cause="tick")
