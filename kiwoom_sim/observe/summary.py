"""Put the counters of a run into words, for terminals, failed tests, files and GitHub.

Counters are what `Metrics.summary` returns, in this process or as JSON from another one, so that
no two reports of a run disagree. Nothing heavy is loaded: a pytest plugin imports this.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Rows = list[tuple[str, str]]
Counters = Mapping[str, Any]

NO_FAULTS = "none injected"
_PASSED = "passed"


def seen(counters: Counters) -> Rows:
    """Return what counters say that anybody wants to know; what never happened is left out.

    Args:
        counters: As `Metrics.summary` returns them; what is missing has not happened.
    """
    by_api = pairs(counters.get("requests_by_api"))
    requests = f"{counters.get('requests', 0)}" + (f" ({by_api})" if by_api else "")
    limits = counters.get("limits") or {}
    hit = {name: count for name, count in limits.items() if not name.endswith(f"/{_PASSED}")}
    found = [
        ("requests", requests),
        ("answers", pairs(counters.get("statuses"))),
        ("refused", pairs(counters.get("refusals"))),
        ("limits hit", pairs(hit)),
        ("faults", pairs(counters.get("faults")) or NO_FAULTS),
        ("stubs", pairs(counters.get("stubs"))),
        ("frames", _frames(counters)),
    ]
    return [(label, text) for label, text in found if text]


def _frames(counters: Counters) -> str:
    total, kept_back = counters.get("frames", 0), counters.get("frames_dropped", 0)
    connections = counters.get("connections_total", 0)
    if not (total or connections):
        return ""
    told = f"{total} to {connections} connections"
    return f"{told}, {kept_back} kept back by faults" if kept_back else told


def pairs(counts: Mapping[str, object] | None, between: str = " ") -> str:
    """Return counts as text, in the order of their names."""
    return ", ".join(f"{name or '-'}{between}{n}" for name, n in sorted((counts or {}).items()))


def text(told: Iterable[tuple[str, str]]) -> str:
    """Return rows as lines with the labels in a column."""
    return "\n".join(f"{label:<11}{value}" for label, value in told)


def markdown(heading: str, told: Rows, replay: str, deviations: Sequence[str] = ()) -> str:
    """Return rows as a section with a table and the command that runs it all again."""
    lines = [f"### {heading}", "", "| | |", "|---|---|"]
    lines += [f"| {label} | {_cell(value)} |" for label, value in told]
    if deviations:
        lines += ["", "Deviations from the real wire:", "", *(f"- {each}" for each in deviations)]
    if replay:
        lines += ["", "With the run directory at hand, the same bytes again:", "", "```sh"]
        lines += [replay, "```"]
    return "\n".join([*lines, "", ""])


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", " ")
