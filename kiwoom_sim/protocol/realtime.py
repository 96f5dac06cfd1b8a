"""Make REAL frames: one per event and registered item, for everybody who listens to it.

Layout: market time is cut into stretches. For every registered item the stretch is planned once
(`feeds`), the plans are merged by (time, type, item), and frames are made when they are due.
While one stretch is sent, the plans of the next are made bit by bit, so that no instant has to
plan for everybody.

Invariants:
    - The frames of (a, b] followed by those of (b, c] are the frames of (a, c].
    - A frame exists only for pairs that somebody listens to at the moment it is made.
    - What others registered changes no byte of a frame, only which frames exist.

Source:
    Frame shape: real-time pages of the Kiwoom REST API guide; clients agree that `values` is an
    object of texts and that `item` repeats the registered code with its suffix.
"""

from bisect import bisect_right
from contextlib import suppress
from itertools import islice

from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_MINUTE, day_of
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.calls import split_symbol
from kiwoom_sim.protocol.feeds import INDEX_TYPES, TYPE_ORDER, Planned, Stretch, plan
from kiwoom_sim.protocol.projection import escaped, render_values
from kiwoom_sim.protocol.registry import Registry
from kiwoom_sim.protocol.spec import Oddities, RealtimeSpec

STRETCH_MS = MS_PER_MINUTE
"""Length of a stretch: the unit in which the market makes trades."""

_BATCH = 20
"""Items that are generated or planned in one go."""


class Frame(Struct, frozen=True, kw_only=True):
    """Hold one REAL message.

    Attributes:
        due_ms: Market time of the event.
        kind, item: What it is about, as it was registered.
        body: JSON text of the WebSocket frame.
        listeners: Connections to send it to, in order.
    """

    due_ms: int
    kind: str
    item: str
    body: bytes
    listeners: tuple[int, ...]


class _Queue:
    """Hold what is planned for one stretch.

    Attributes:
        kinds: What the entries cover, by item.
        entries: (time, rank of the type, item, ordinal, maker), in this order when read.
        revision: Of the registry that is covered in full.
    """

    def __init__(self) -> None:
        self.kinds: dict[str, tuple[str, ...]] = {}
        self.revision = -1
        self.entries: list[tuple[int, int, str, int, Planned]] = []
        self._settled = True

    def lacks(self, item: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Return which types of an item are not covered."""
        covered = self.kinds.get(item, ())
        return tuple(kind for kind in kinds if kind not in covered)

    def add(self, item: str, kinds: tuple[str, ...], planned: tuple[Planned, ...]) -> None:
        """Put in what an item has to say in types that were not covered yet."""
        self.kinds[item] = (*self.kinds.get(item, ()), *kinds)
        self._settled = self._settled and not planned
        self.entries += [
            (entry.due_ms, TYPE_ORDER.index(entry.kind), item, ordinal, entry)
            for ordinal, entry in enumerate(planned)
        ]

    def settle(self) -> None:
        """Put the entries in order; quick where they nearly are."""
        if not self._settled:
            self.entries.sort(key=_order)
            self._settled = True

    def due(self, after_ms: int, until_ms: int) -> list[tuple[int, int, str, int, Planned]]:
        """Return the entries of after_ms < time <= until_ms, in order."""
        self.settle()
        first = bisect_right(self.entries, after_ms, key=_due_ms)
        return self.entries[first : bisect_right(self.entries, until_ms, lo=first, key=_due_ms)]


class Realtime:
    """Make frames from one market for the listeners of one registry."""

    def __init__(self, market: Market, registry: Registry, oddities: Oddities) -> None:
        self._market = market
        self._registry = registry
        self._oddities: Oddities = oddities
        self._queues: dict[int, _Queue] = {}
        self._kinds: dict[str, tuple[str, ...]] = {}
        self._revision = -1
        self._warm = (-1, -1)

    def frames(self, after_ms: int, until_ms: int) -> list[Frame]:
        """Return what is due at after_ms < time <= until_ms, by (time, type, item).

        Raises:
            NotReady: The market has to build something first; ask again afterwards.
        """
        self._follow_registry()
        if not self._kinds or until_ms <= after_ms:
            return []
        found: list[Frame] = []
        first, last = (after_ms + 1) // STRETCH_MS, until_ms // STRETCH_MS
        for number in range(first, last + 1):
            for _, _, item, _, planned in self._queue(number).due(after_ms, until_ms):
                frame = self._frame(item, planned)
                if frame is not None:
                    found.append(frame)
        for old in [number for number in self._queues if number < last]:
            del self._queues[old]
        self._plan_ahead(until_ms)
        return found

    def next_ms(self, after_ms: int) -> int | None:
        """Return the market time after which `frames` next has something to look at.

        Returns:
            None if nobody listens; the begin of the next stretch if this one has nothing more.

        Raises:
            NotReady: The market has to build something first; ask again afterwards.
        """
        self._follow_registry()
        if not self._kinds:
            return None
        number = (after_ms + 1) // STRETCH_MS
        due = self._queue(number).due(after_ms, (number + 1) * STRETCH_MS)
        return due[0][0] if due else (number + 1) * STRETCH_MS

    def ahead(self, until_ms: int) -> NotReady | None:
        """Return what to generate aside, now, so that the next stretch will not have to wait.

        Nothing but time is lost when nobody does. Ask again once it is built.
        """
        self._follow_registry()
        number = until_ms // STRETCH_MS + 1
        if self._warm == (number, self._revision):
            return None
        stretch = _stretch(number)
        items = list(self._kinds)
        try:
            for first in range(0, len(items), _BATCH):
                self._prefetch(items[first : first + _BATCH], stretch)
            for item in items:
                index_kinds = tuple(kind for kind in self._kinds[item] if kind in INDEX_TYPES)
                if index_kinds:
                    plan(self._market, item, index_kinds, stretch)
        except NotReady as missing:
            return missing
        self._warm = number, self._revision
        return None

    def forget(self) -> None:
        """Drop all plans: the market was changed."""
        self._queues.clear()
        self._warm = (-1, -1)

    def _follow_registry(self) -> None:
        if self._revision == self._registry.revision:
            return
        self._revision = self._registry.revision
        kinds: dict[str, list[str]] = {}
        for kind in TYPE_ORDER:
            for item in self._registry.items(kind):
                kinds.setdefault(item, []).append(kind)
        self._kinds = {item: tuple(kinds[item]) for item in sorted(kinds)}

    def _queue(self, number: int) -> _Queue:
        """Return the queue of a stretch, covering everything that is registered.

        A cooperative market asks to come back after every few items.
        """
        queue = self._queues.setdefault(number, _Queue())
        if queue.revision != self._revision:
            stretch = _stretch(number)
            new = [item for item, kinds in self._kinds.items() if queue.lacks(item, kinds)]
            self._prefetch(new, stretch)
            in_steps = self._market.store.must_yield
            for position, item in enumerate(new):
                if in_steps and position == _BATCH:
                    raise NotReady(("plan", number, item), _nothing)
                self._add(queue, item, stretch)
            queue.revision = self._revision
        return queue

    def _add(self, queue: _Queue, item: str, stretch: Stretch) -> None:
        missing = queue.lacks(item, self._kinds[item])
        if missing:
            queue.add(item, missing, plan(self._market, item, missing, stretch))

    def _prefetch(self, items: list[str], stretch: Stretch) -> None:
        """Generate trades for all items in one go; in a cooperative store that is a `NotReady`."""
        codes = dict.fromkeys(split_symbol(item)[0] for item in items)
        known = [code for code in codes if self._market.universe.index(code) is not None]
        if known and self._market.calendar.is_session(day_of(stretch.start_ms)):
            self._market.prefetch(known, stretch.start_ms, stretch.end_ms - 1)

    def _plan_ahead(self, until_ms: int) -> None:
        """Plan as much of the next stretch as the share of this one that has passed."""
        number, passed_ms = divmod(until_ms, STRETCH_MS)
        count = len(self._kinds) * (passed_ms + 1) // STRETCH_MS
        queue = self._queues.setdefault(number + 1, _Queue())
        if count > len(queue.kinds):
            with suppress(NotReady):  # asked for again when it is due
                for item in islice(self._kinds, count):
                    self._add(queue, item, _stretch(number + 1))
            queue.settle()

    def _frame(self, item: str, planned: Planned) -> Frame | None:
        listeners = self._registry.listeners((planned.kind, item))
        spec = loader.realtime(planned.kind)
        if not listeners or spec is None:
            return None
        push = planned.make()
        if push is None:
            return None
        return Frame(
            due_ms=planned.due_ms,
            kind=planned.kind,
            item=item,
            body=real_frame(spec, item, render_values(spec, self._oddities, push)),
            listeners=listeners,
        )


def real_frame(spec: RealtimeSpec, item: str, values: str) -> bytes:
    """Return a REAL message with one row; `values` is JSON text."""
    head = f'{{"trnm":"REAL","data":[{{"type":"{spec.type}","name":"{escaped(spec.name)}"'
    return f'{head},"item":"{escaped(item)}","values":{values}}}]}}'.encode()


def _due_ms(entry: tuple[int, int, str, int, Planned]) -> int:
    return entry[0]


def _order(entry: tuple[int, int, str, int, Planned]) -> tuple[int, int, str, int]:
    return entry[:4]


def _stretch(number: int) -> Stretch:
    return Stretch(number * STRETCH_MS, (number + 1) * STRETCH_MS)


def _nothing() -> None:
    """Build nothing: the caller was only asked to come back."""
