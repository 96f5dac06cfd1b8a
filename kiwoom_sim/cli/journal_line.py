"""Write an entry of a journal as one line for people.

Columns: seconds of wire time, the id that `why` takes, the kind, what happened, who was concerned,
which faults had a hand in it.
"""

from kiwoom_sim.observe.reading import Json

TEXT_CHARACTERS_MAX = 60
PEERS_MAX = 4

_COLOURS = {
    "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36", "dim": "2", "": "",
}  # fmt: skip
_OF_KIND = {"request": "", "message": "blue", "frame": "dim", "fault": "yellow", "event": "cyan"}


def line_of(entry: Json, *, coloured: bool = False) -> str:
    """Return the line of an entry."""
    kind = entry["kind"]
    told = {"request": _request, "message": _message, "frame": _frame, "fault": _fault}
    text = told.get(kind, _event)(entry)
    who = " ".join(part for part in (_clients(entry), _conns(entry)) if part)
    marks = [_mark(fault) for fault in entry.get("faults", ())] if kind != "fault" else []
    parts = [part for part in (text, f"({who})" if who else "", *marks) if part]
    return " ".join(
        (
            _painted(f"{entry['ms'] / 1_000:10.3f}", "dim", coloured),
            _painted(f"{entry['id']:<7}", "cyan", coloured),
            f"{kind:<7}",
            _painted(" ".join(parts), _colour(entry), coloured),
        )
    )


def _request(entry: Json) -> str:
    api = entry.get("api") or entry.get("method", "")
    if "status" not in entry:
        return f"{api} {entry.get('path', '')}: not answered"
    status, code = entry["status"], entry.get("return_code")
    answer = f"{status or 'lost'}" + (f" code {code}" if code is not None and status else "")
    told = [f"{api} {entry.get('path', '')} -> {answer}"]
    told += [f"refused {entry['refusal']}"] if entry.get("refusal") else []
    told += [f"by {entry['limit']}"] if entry.get("limit") else []
    told += [f"stub {entry['stub']}"] if entry.get("stub") else []
    told += [f"after {entry['latency_ms']} ms"] if entry.get("latency_ms") else []
    return " ".join(told)


def _message(entry: Json) -> str:
    text = entry.get("text") or "(not text)"
    if len(text) > TEXT_CHARACTERS_MAX:
        text = text[: TEXT_CHARACTERS_MAX - 1] + "…"
    return f"{entry['api'] or '?'} {text}"


def _frame(entry: Json) -> str:
    if "close" in entry:
        what = f"close {entry['close']}" if entry["close"] else "connection cut"
    else:
        about = (entry.get("api"), entry.get("type"), entry.get("code"))
        what = " ".join(dict.fromkeys(str(part) for part in about if part)) or "?"
    told = f"{what}: {entry['cause']}"
    return f"{told}, not sent" if entry.get("dropped") else told


def _fault(entry: Json) -> str:
    told = [f"{entry['rule']}/{entry['fault']}", f"occasion {entry.get('occasion', '?')}"]
    if entry.get("counted"):
        told.append(f"of {entry['counted']}")
    if "chance_bps" in entry:
        told.append(f"drew {entry['chance_draw']} below {entry['chance_bps']}")
    if "delay_ms" in entry:
        told.append(f"{entry['delay_ms']} ms")
    return " ".join(told)


def _event(entry: Json) -> str:
    detail = (f"{name}={value}" for name, value in entry.get("detail", {}).items())
    return " ".join((entry["event"], *detail))


def _clients(entry: Json) -> str:
    return _few(entry.get("clients", ()))


def _conns(entry: Json) -> str:
    conns = [conn for conn in entry.get("conns", ()) if conn]
    return f"{entry.get('door', '')}:{_few(conns)}" if conns else ""


def _few(names: "list[object] | tuple[()]") -> str:
    shown = ",".join(str(name) for name in names[:PEERS_MAX])
    return f"{shown},+{len(names) - PEERS_MAX}" if len(names) > PEERS_MAX else shown


def _mark(fault: Json) -> str:
    name = f"{fault['rule']}/{fault['kind']}" if "rule" in fault else "?"
    return f"[{fault['id']} {name}]"


def _colour(entry: Json) -> str:
    if entry["kind"] == "request" and not 200 <= entry.get("status", 0) < 300:
        return "red"
    if entry.get("dropped") or (entry.get("faults") and entry["kind"] != "fault"):
        return "yellow"
    return _OF_KIND[entry["kind"]]


def _painted(text: str, colour: str, coloured: bool) -> str:
    code = _COLOURS[colour]
    return f"\x1b[{code}m{text}\x1b[0m" if coloured and code else text
