"""Make the page of fault kinds from their docstrings and fields."""

from msgspec import Struct

from docs.pages.markdown import Language, about, code, page_of, table, toml, words
from docs.pages.values import rows
from kiwoom_sim.faults.kinds import FaultKind

EXAMPLES = {
    "disconnect": """
[[rule]]
id = "lost-answer"
match = { api = "ka10081" }
when = { nth = 3 }
do = { kind = "disconnect", at = "after" }     # the call counted, only its answer is lost

[[rule]]
id = "dropped-socket"
match = { door = "ws", moment = "frame", type = "0B" }
when = { nth = 20 }
do = { kind = "disconnect", code = 1011 }
""",
    "http_error": """
[[rule]]
id = "maintenance-page"
when = { between = ["20s", "26s"] }
do = { kind = "http_error", status = 503, body = "html" }
""",
    "latency": """
[[rule]]
id = "slow-charts"
match = { group = "chart" }
when = { probability = "20%" }
do = { kind = "latency", range = ["500ms", "3s"] }
""",
    "rate_limit": """
[[rule]]
id = "tightened"
match = { path = "/api/*" }
do = { kind = "rate_limit", per_second = 1 }
""",
}


def kinds() -> dict[str, type[Struct]]:
    """Return every fault kind by the name that a scenario writes."""
    found = {str(kind.__struct_config__.tag): kind for kind in FaultKind.__args__}
    return dict(sorted(found.items()))


def page(language: Language) -> str:
    """Return the page in a language."""
    known = words(language)["faults"]
    head = words(language)["value"]["head"]
    lines = [*known["intro"].splitlines(), ""]
    for name, kind in kinds().items():
        doors = ", ".join(code(door) for door in kind.doors)
        lines += [f"## `{name}`", "", *about(kind.__doc__), known["doors"].format(doors), ""]
        lines += [*table(head, rows(kind, language)), *toml(EXAMPLES[name])]
    return page_of(language, lines)
