"""Keep the journal: what happened in a run, each entry with its cause.

Three lanes, each in an order that a replay repeats: `rest` by arrival, `ws` by due time,
`events` by time. A request reserves its place when it arrives, so a slow answer holds its
successors' lines back but never changes their order.

Entries are taken on the event loop and written by `flush`, which may run in another thread;
nothing else here touches a file.

Not for: input (that is the trace) and wall-clock timing (`timing`), which no replay repeats.
"""

import hashlib
from collections import deque
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct

from kiwoom_sim.observe.batch import drain
from kiwoom_sim.observe.lane import Lane

DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024
_LANES = ("rest", "ws", "events")
_SPARSE = ("client", "limit", "stub", "latency_ms", "latency")
_SPARSE_FRAME = ("end", "dropped", "record", "name", "type", "code", "latency_ms", "latency")
"""What a line only holds where there is something to say."""


class RestEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Describe one answered REST request.

    Attributes:
        ms, seq: Of the request.
        cause: Who made the answer: "world", "gateway" (a refusal), "stub" or "fault".
        client: Pseudonym of the caller, "" if it is unknown.
        stub: Name of the stub that answered.
        latency_ms: Everyday wait before the answer, besides that of faults.
        latency: Where that came from: the pattern of the `[latency]` table and what was drawn.
        status: HTTP status; 0 = the connection was closed without an answer.
        faults: Ids of the faults that met it.
        idle: Ids of the faults that were chosen for it and came to nothing.
        limit: Name of the rate limit that refused it.
        limits: (name, calls counted with this one if it passed, calls allowed) of each limit asked.
        shadow: Names of the shadow limits that would have refused it.
        body: Body that was sent or would have been sent; the journal keeps its digest.
    """

    ms: int
    seq: int
    conn: int
    cause: str
    api: str = ""
    path: str = ""
    status: int
    refusal: str = ""
    client: str = ""
    faults: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    limit: str = ""
    limits: tuple[tuple[str, int, int], ...] = ()
    shadow: tuple[str, ...] = ()
    stub: str = ""
    latency_ms: int = 0
    latency: str = ""
    body: bytes = b""


class FrameEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Describe one WebSocket frame, shared by all its recipients.

    Attributes:
        ms: Wire time at which it was due.
        seq: Ordinal of the frame in the run.
        cause: "tick", "ping", "reply" or "fault".
        to: Ordinals of the connections.
        close: Close code, where the connection is closed instead of a frame sent.
        end: How a fault of the network ended the connection: "reset", "close", "hang", "half_open";
            "shut" = with the whole door. A frame that it cut is `dropped`.
        dropped: True: nobody was sent the frame whole; a fault kept it from those in `to`.
        record: Sequence of the record that it answers or that asked for it; 0 = nobody did.
        name: What it is: its `trnm`, on `/ws` its `type`.
        type, code: What a push is about: real-time type and item.
        latency_ms: Everyday wait before it was sent, besides that of faults.
        latency: Where that came from: the pattern of the `[latency]` table and what was drawn.
    """

    ms: int
    seq: int
    cause: str
    to: tuple[int, ...]
    faults: tuple[str, ...] = ()
    close: int = -1
    end: str = ""
    dropped: bool = False
    record: int = 0
    name: str = ""
    type: str = ""
    code: str = ""
    latency_ms: int = 0
    latency: str = ""
    body: bytes = b""


class EventEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Describe one thing that happened beside requests and frames.

    Attributes:
        seq: Sequence of the record that caused it, or 0 if the script did.
    """

    ms: int
    seq: int
    event: str
    conn: int = 0
    detail: dict[str, str | int] = {}


class Slot:
    """Hold the place of one request in the `rest` lane."""

    __slots__ = ("entry",)

    def __init__(self) -> None:
        self.entry: RestEntry | None = None


class _Code(Struct):
    return_code: int | None = None


class Journal:
    """Take entries and write them in batches; without a directory, only digest them."""

    def __init__(
        self, directory: Path | None = None, limit_bytes: int = DEFAULT_LIMIT_BYTES
    ) -> None:
        self._lanes = {name: Lane(name, directory, limit_bytes // 3) for name in _LANES}
        self._bodies = hashlib.sha256()
        self._frames = hashlib.sha256()
        self._slots: deque[Slot] = deque()
        self._pending_frames: deque[FrameEntry] = deque()
        self._pending_events: deque[EventEntry] = deque()
        self._early_events: list[EventEntry] = []
        self._writing = Lock()

    def reserve(self) -> Slot:
        """Return the next place in the `rest` lane; fill its entry when the answer is made."""
        slot = Slot()
        self._slots.append(slot)
        return slot

    def frame(self, entry: FrameEntry) -> None:
        """Take a frame."""
        self._pending_frames.append(entry)

    def event(self, entry: EventEntry) -> None:
        """Take an event."""
        self._pending_events.append(entry)

    def flush(self, settled_ms: int | None = None) -> None:
        """Write every entry whose turn has come.

        Args:
            settled_ms: No event before this wire time is still to come; None = none at all.
        """
        with self._writing:
            self._flush_rest()
            frames = drain(self._pending_frames)
            self._lanes["ws"].write([self._frame_line(entry) for entry in frames])
            self._flush_events(settled_ms)

    def digests(self) -> dict[str, dict[str, str | int]]:
        """Return the digests of everything flushed: lanes, REST bodies and frames.

        That of all bodies is made of the digests of each, so that a long body is read once.
        """
        found: dict[str, dict[str, str | int]] = {
            f"journal.{name}": {"count": lane.count, "sha256": lane.digest}
            for name, lane in self._lanes.items()
        }
        rest, frames = self._lanes["rest"].count, self._lanes["ws"].count
        found["rest.bodies"] = {"count": rest, "sha256": self._bodies.hexdigest()}
        found["ws.frames"] = {"count": frames, "sha256": self._frames.hexdigest()}
        return found

    def _flush_events(self, settled_ms: int | None) -> None:
        self._early_events += drain(self._pending_events)
        self._early_events.sort(key=lambda entry: (entry.ms, entry.seq))
        ready = self._early_events
        if settled_ms is not None:
            ready = [entry for entry in ready if entry.ms < settled_ms]
        self._early_events = self._early_events[len(ready) :]
        self._lanes["events"].write([msgspec.json.encode(entry) for entry in ready])

    def _flush_rest(self) -> None:
        lines = []
        while self._slots and (entry := self._slots[0].entry) is not None:
            self._slots.popleft()
            lines.append(self._rest_line(entry))
        self._lanes["rest"].write(lines)

    def _rest_line(self, entry: RestEntry) -> bytes:
        digest = hashlib.sha256(entry.body)
        self._bodies.update(digest.digest())
        fields = msgspec.structs.asdict(entry)
        del fields["body"]
        for name in _SPARSE:
            if not fields[name]:
                del fields[name]
        fields["return_code"] = return_code(entry)
        fields["sha256"] = digest.hexdigest()
        return msgspec.json.encode({name: value for name, value in fields.items() if value != ()})

    def _frame_line(self, entry: FrameEntry) -> bytes:
        heard = 0 if entry.dropped else len(entry.to)
        self._frames.update(b"%d:" % heard + entry.body)
        fields = msgspec.structs.asdict(entry)
        body = fields.pop("body")
        if entry.close < 0:
            del fields["close"]
        for name in _SPARSE_FRAME:
            if not fields[name]:
                del fields[name]
        fields["sha256"] = hashlib.sha256(body).hexdigest()
        return msgspec.json.encode({name: value for name, value in fields.items() if value != ()})


def return_code(entry: RestEntry) -> int | None:
    """Return the code in the body of an answer; None where the body has none."""
    if entry.cause == "world" and entry.status == 200 and not entry.refusal:
        return 0
    try:
        return msgspec.json.decode(entry.body, type=_Code).return_code
    except msgspec.MsgspecError:
        return None
