"""Tell the story of a run from its files: requests, messages, frames, faults and events in order.

Trace and journal are read side by side and merged by wire time; each entry learns what the others
know: a request its answer, an entry its phase and client, a fault id its rule and kind.

Invariants: what is read is not kept, however long the run; `new` may be called again while the run
goes on and then tells what has come since.
"""

from collections import deque
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from heapq import merge
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.observe import trace
from kiwoom_sim.observe.lane import lane_files
from kiwoom_sim.observe.reading import Json, decoded, key_in, name_in
from kiwoom_sim.observe.run_directory import RunDirectory

KINDS = ("request", "message", "frame", "fault", "event")
FAULT_CHOSEN = "fault_chosen"

_OF_RECORD = ("door", "method", "path", "text", "raw")
_Key = tuple[int, int, int]


class Wanted(Struct, frozen=True, kw_only=True):
    """Say which entries are asked for; everything that is given must agree.

    Attributes:
        kinds: Kinds of entries; none = all.
        api: Shell pattern of an API id, of a message's or frame's name or real-time type.
        rule, fault: Shell patterns of a rule and of a fault kind that had a hand in it.
        client: Pseudonym of an app key ("key#1").
        phase: Id of a phase.
        door: "rest" or "ws"; "" = either.
        conn: Ordinal of a connection; 0 = any.
        from_ms, until_ms: First wire time, and the first one that is too late; None = no end.
        faulted: Only faults and what they met.
    """

    kinds: tuple[str, ...] = ()
    api: str = ""
    rule: str = ""
    fault: str = ""
    client: str = ""
    phase: str = ""
    door: str = ""
    conn: int = 0
    from_ms: int = 0
    until_ms: int | None = None
    faulted: bool = False

    def fits(self, entry: Json) -> bool:
        """Return whether an entry is asked for."""
        return (
            (not self.kinds or entry["kind"] in self.kinds)
            and self.from_ms <= entry["ms"]
            and (self.until_ms is None or entry["ms"] < self.until_ms)
            and (not self.phase or entry.get("phase") == self.phase)
            and (not self.client or self.client in entry.get("clients", ()))
            and (not self.door or entry.get("door") == self.door)
            and (not self.conn or self.conn in entry.get("conns", ()))
            and self._is_about(entry)
            and self._is_faulted(entry)
        )

    def _is_about(self, entry: Json) -> bool:
        names = (entry.get("api", ""), entry.get("type", ""))
        return not self.api or any(name and fnmatchcase(name, self.api) for name in names)

    def _is_faulted(self, entry: Json) -> bool:
        faults = entry.get("faults", ())
        return not (self.faulted or self.rule or self.fault) or any(
            (not self.rule or fnmatchcase(fault.get("rule", ""), self.rule))
            and (not self.fault or fnmatchcase(fault.get("kind", ""), self.fault))
            for fault in faults
        )


class Chronicle:
    """Read a run, once or while it goes on.

    Attributes:
        dropped: Names of the segments of the journal that are no longer there.
    """

    def __init__(self, run: RunDirectory) -> None:
        self.dropped: set[str] = set()
        self._trace = _Reader(lambda: [run.path / trace.FILE_NAME], self.dropped)
        self._lanes = {
            name: _Reader(partial(lane_files, run.journal, name), self.dropped)
            for name in ("rest", "ws", "events")
        }
        self._waiting: deque[Json] = deque()
        self._answer: Json | None = None
        self._faults: dict[str, Json] = {}
        self._clients: dict[int, str] = {}
        self._phase = ""

    def new(self, *, last: bool = True) -> Iterator[Json]:
        """Yield the entries that were not told yet.

        Args:
            last: Nobody will ask again: requests whose answer is not known are told too.

        Raises:
            ReplayError: A file of the run cannot be read.
        """
        streams = (self._arrivals(last=last), self._frames(), self._events())
        for _, entry in merge(*streams, key=lambda told: told[0]):
            yield self._linked(entry)

    def _arrivals(self, *, last: bool) -> Iterator[tuple[_Key, Json]]:
        """Yield what came in: requests with their answers, messages."""
        answers = self._lanes["rest"].new()
        for record in self._trace.new():
            if record.get("kind") != "bytes":
                continue
            if record.get("door") == "ws":
                yield _key(record, 1), _message(record)
            else:
                self._waiting.append(record)
                yield from self._answered(answers)
        yield from self._answered(answers)
        while last and self._waiting:
            record = self._waiting.popleft()
            yield _key(record, 1), _request(record, {})

    def _answered(self, answers: Iterator[Json]) -> Iterator[tuple[_Key, Json]]:
        """Yield the requests whose answers are known, in order of arrival."""
        while self._waiting:
            record = self._waiting[0]
            while self._answer is None or self._answer["seq"] < record["seq"]:
                self._answer = next(answers, None)
                if self._answer is None:
                    return
            self._waiting.popleft()
            mine = self._answer if self._answer["seq"] == record["seq"] else {}
            yield _key(record, 1), _request(record, mine)

    def _frames(self) -> Iterator[tuple[_Key, Json]]:
        for line in self._lanes["ws"].new():
            key = (line["ms"], line.get("record", 0), 2)
            yield key, _frame(line)

    def _events(self) -> Iterator[tuple[_Key, Json]]:
        for line in self._lanes["events"].new():
            yield _key(line, 0), _happening(line)

    def _linked(self, entry: Json) -> Json:
        """Return an entry with what the entries before it told."""
        kind = entry["kind"]
        if kind == "fault":
            fault = {"id": entry["id"], "rule": entry["rule"], "kind": entry["fault"]}
            self._faults[entry["id"]] = fault
            entry["faults"] = [fault]
        elif "faults" in entry:
            entry["faults"] = [self._faults.get(name, {"id": name}) for name in entry["faults"]]
        if entry.get("event") == "phase_began":
            self._phase = entry["detail"]["id"]
        elif entry.get("event") == "phases_ended":
            self._phase = ""
        if self._phase:
            entry["phase"] = self._phase
        if kind == "message" and entry["api"] == "LOGIN" and (key := key_in(entry)):
            self._clients[entry["conns"][0]] = key
        if entry.get("door") == "ws" and "clients" not in entry:
            keys = (self._clients.get(conn, "") for conn in entry["conns"])
            entry["clients"] = list(dict.fromkeys(key for key in keys if key))
        return entry


class _Reader:
    """Yield the finished lines of files that grow, each once."""

    def __init__(self, files: Callable[[], list[Path]], dropped: set[str]) -> None:
        self._files = files
        self._dropped = dropped
        self._offsets: dict[str, int] = {}

    def new(self) -> Iterator[Json]:
        """Yield the lines that have come since the last time, without heads and markers."""
        for file in self._files():
            try:
                written = file.open("rb")
            except FileNotFoundError:
                continue
            with written:
                written.seek(self._offsets.get(file.name, 0))
                for line in written:
                    if not line.endswith(b"\n"):
                        break
                    self._offsets[file.name] = self._offsets.get(file.name, 0) + len(line)
                    told = decoded(line, str(file))
                    if "seq" in told:
                        yield told
                    elif "dropped" in told:
                        self._dropped.add(file.name)


def _key(line: Json, rank: int) -> _Key:
    return line["ms"], line.get("seq", 0), rank


def _request(record: Json, answer: Json) -> Json:
    client = answer.get("client", "") or key_in(record)
    told = {name: record[name] for name in _OF_RECORD if name in record}
    entry: Json = {
        "kind": "request",
        "id": f"r{record['seq']}",
        "ms": record["ms"],
        "conns": [record.get("conn", 0)],
        "clients": [client] if client else [],
        "api": answer.get("api", "") or record.get("headers", {}).get("api-id", ""),
        **told,
    }
    known = {"ms", "seq", "conn", "client", "api", "path"}
    return entry | {name: value for name, value in answer.items() if name not in known}


def _message(record: Json) -> Json:
    told = {name: record[name] for name in _OF_RECORD if name in record}
    return {
        "kind": "message",
        "id": f"r{record['seq']}",
        "ms": record["ms"],
        "conns": [record.get("conn", 0)],
        "api": name_in(record.get("text", "")),
        **told,
    }


def _frame(line: Json) -> Json:
    others = {name: line[name] for name in line if name not in {"seq", "to", "name", "ms"}}
    return {
        "kind": "frame",
        "id": f"w{line['seq']}",
        "ms": line["ms"],
        "door": "ws",
        "conns": line["to"],
        "api": line.get("name", ""),
        **others,
    }


def _happening(line: Json) -> Json:
    """Return an event, or a fault that was chosen."""
    detail, conn = line.get("detail", {}), line.get("conn", 0)
    name = f"r{line['seq']}" if line["seq"] else ""
    entry: Json = {"kind": "event", "id": name, "ms": line["ms"]}
    entry |= {"conns": [conn]} if conn else {}
    if line["event"] == FAULT_CHOSEN:
        entry |= {"kind": "fault", "id": detail["id"], "fault": detail["kind"]}
        entry |= {"record": line["seq"]} if line["seq"] else {}
        entry |= {"clients": [detail["counted"]]} if _is_key(detail) else {}
        return entry | {name: detail[name] for name in detail if name not in {"kind", "id"}}
    if conn:
        entry["door"] = "rest" if line["event"] == "connection_faulted" else "ws"
    entry |= {"clients": [detail["client"]]} if "client" in detail else {}
    return entry | {"event": line["event"], "detail": detail}


def _is_key(detail: Json) -> bool:
    return str(detail.get("counted", "")).startswith("key#")
