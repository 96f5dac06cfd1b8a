"""Find what is behind an answer, message, frame or fault of a run, in the files of its directory.

Ids: "r12" is the record with sequence 12 and, if it is a request, its answer; "w4" the fourth line
of the `ws` lane; "f3" the third fault.

Known deviations: which REG asked for a frame is told by the newest message before it that names its
type and item, whether the broker took that message or refused it.
"""

import re
from collections.abc import Iterable

from kiwoom_sim.observe import timing
from kiwoom_sim.observe.reading import Json, lane_lines, lines, object_in, records
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.protocol.registration import parse_registration

ID = re.compile(r"([rwf])([1-9][0-9]{0,17})")
PEERS_MAX = 5
EVENTS_MAX = 3
"""So many recipients of a frame are looked into, and so many market events before it."""

_FAULT = '"fault_chosen"'


def explain(run: RunDirectory, name: str) -> Json | None:
    """Return what is known of an id; None if the run does not have it.

    Raises:
        ValueError: That is no id.
        ReplayError: A file of the run cannot be read.
    """
    match = ID.fullmatch(name)
    if match is None:
        raise ValueError(name)
    number = int(match[2])
    match match[1]:
        case "f":
            return _fault(run, name)
        case "w":
            return _frame(run, number)
        case _:
            return _record(run, number)


def _record(run: RunDirectory, number: int) -> Json | None:
    """Tell of what came in, and of the answer if it is a request."""
    record = _numbered(records(run, _seq(number)), number)
    answer = _numbered(lane_lines(run, "rest", _seq(number)), number)
    if record is None and answer is None:
        return None
    found: Json = {"id": f"r{number}"}
    ms = (record or answer or {})["ms"]
    if answer is not None or (record is not None and _is_request(record)):
        found |= {"answer": answer, "request": record}
        took = _numbered(lines(run.path / timing.FILE_NAME, _seq(number)), number)
        if took is not None:
            found["made_in_us"] = took["us"]
        if answer is not None and answer.get("limit"):
            found["block"] = _block(run, answer)
    else:
        caused = lane_lines(run, "ws", f'"record":{number}')
        sent = [f"w{line['seq']}" for line in caused if line.get("record") == number]
        found |= {"message": record, "frames": sent}
    found["phase"] = _phase(run, ms)
    found["faults"] = _faults(run, (answer or {}).get("faults", ()), number)
    idle = (answer or {}).get("idle", ())
    return found | ({"came_to_nothing": list(idle)} if idle else {})


def _frame(run: RunDirectory, number: int) -> Json | None:
    """Tell of a frame: what asked for it, and what happened to it on its way."""
    frame = _numbered(lane_lines(run, "ws", _seq(number)), number)
    if frame is None:
        return None
    found: Json = {"id": f"w{number}", "frame": frame}
    if frame.get("record"):
        sought = frame["record"]
        found["message"] = _numbered(records(run, _seq(sought)), sought)
    else:
        found["peers"] = _peers(run, frame)
    if frame.get("code") and frame["cause"] == "tick":
        found["events"] = _events_about(run, frame["code"], frame["ms"])
    found["phase"] = _phase(run, frame["ms"])
    found["faults"] = _faults(run, frame.get("faults", ()))
    return found


def _fault(run: RunDirectory, name: str) -> Json | None:
    event = _event(run, name)
    if event is None:
        return None
    told = list(lane_lines(run, "rest", f'"{name}"'))
    met = [f"r{line['seq']}" for line in told if name in line.get("faults", ())]
    met += [
        f"w{line['seq']}"
        for line in lane_lines(run, "ws", f'"{name}"')
        if name in line.get("faults", ())
    ]
    record = event.get("record", 0)
    if record and f"r{record}" not in met:
        met.insert(0, f"r{record}")
    found: Json = {"id": name, "fault": event, "met": met}
    if any(name in line.get("idle", ()) for line in told):
        found["came_to_nothing"] = True
    return found


def _faults(run: RunDirectory, names: Iterable[str], record: int = 0) -> list[Json]:
    """Return why faults were chosen: those of some ids, or of a record."""
    wanted = set(names)
    found = []
    for line in lane_lines(run, "events", _FAULT):
        detail = line.get("detail", {})
        if detail.get("id") in wanted or (record and line.get("seq") == record):
            found.append(_chosen(line))
    return found


def _event(run: RunDirectory, fault: str) -> Json | None:
    return next(iter(_faults(run, (fault,))), None)


def _chosen(line: Json) -> Json:
    told: Json = {"ms": line["ms"], "conn": line.get("conn", 0), **line.get("detail", {})}
    return told | ({"record": line["seq"]} if line.get("seq") else {})


def _phase(run: RunDirectory, ms: int) -> str:
    """Return the phase in force at a wire time, "" if there is none."""
    phase = ""
    for line in lane_lines(run, "events", '"phase'):
        if line["ms"] > ms:
            break
        if line["event"] == "phase_began":
            phase = line["detail"]["id"]
        elif line["event"] == "phases_ended":
            phase = ""
    return phase


def _block(run: RunDirectory, answer: Json) -> Json | None:
    """Return the block of a limit that a refusal brought, or fell into."""
    found = None
    for line in lane_lines(run, "events", '"limit_blocked"'):
        detail = line.get("detail", {})
        if line["ms"] > answer["ms"]:
            break
        mine = detail.get("client") == answer.get("client", "")
        if mine and detail.get("limit") == answer["limit"]:
            found = {"ms": line["ms"], **detail}
    over = found is not None and found.get("until_ms", answer["ms"] + 1) <= answer["ms"]
    return None if over else found


def _peers(run: RunDirectory, frame: Json) -> list[Json]:
    """Return what the first recipients of a frame did to get it."""
    peers: dict[int, Json] = {conn: {"conn": conn} for conn in frame["to"][:PEERS_MAX]}
    for record in records(run, '"door":"ws"'):
        if record["ms"] > frame["ms"]:
            break
        peer = peers.get(record.get("conn", 0))
        if peer is None:
            continue
        told = {"id": f"r{record['seq']}", "ms": record["ms"]}
        if record["kind"] == "open":
            peer["opened"] = told | {"path": record.get("path", "")}
            continue
        message = object_in(record.get("text", ""))
        name = message.get("trnm") or message.get("type")
        if name == "LOGIN":
            peer["login"] = told
        elif name in {"REG", "subscribe"} and _asks_for(message, frame):
            peer["registered"] = told | {"text": record["text"]}
    return list(peers.values())


def _asks_for(message: Json, frame: Json) -> bool:
    kind, code = frame.get("type", ""), frame.get("code", "")
    if message.get("trnm") == "REG":
        wanted = parse_registration(message)
        return wanted is not None and (kind, code) in wanted.pairs
    data = message.get("data")
    source = data if isinstance(data, dict) else message
    tickers = source.get("tickers") or message.get("tickers") or [source.get("ticker")]
    return code in tickers


def _events_about(run: RunDirectory, code: str, ms: int) -> list[Json]:
    """Return the newest market events that concern an item, or everything, up to a wire time."""
    found = []
    for line in lane_lines(run, "events", '"command_applied"'):
        if line["ms"] > ms:
            break
        detail = line.get("detail", {})
        if detail.get("about", code) in {code.partition("_")[0], code, "KOSPI", "KOSDAQ"}:
            found.append({"ms": line["ms"], **detail})
    return found[-EVENTS_MAX:]


def _is_request(record: Json) -> bool:
    return record.get("door") == "rest" and record["kind"] == "bytes"


def _numbered(found: Iterable[Json], number: int) -> Json | None:
    return next((line for line in found if line.get("seq") == number), None)


def _seq(number: int) -> str:
    return f'"seq":{number}'
