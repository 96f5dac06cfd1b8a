"""Make the page of fault kinds from their docstrings and fields."""

import tomllib
from typing import Any

from msgspec import Struct

from docs.pages.body_faults import BODIES
from docs.pages.markdown import Language, about, code, page_of, table, toml, words
from docs.pages.network_examples import EXAMPLES as NETWORK
from docs.pages.values import rows
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.position import is_free, positions
from kiwoom_sim.faults.scope import scope_of
from kiwoom_sim.scenario.finder import shipped_scenarios

EXAMPLES = {
    **NETWORK,
    "burst": """
[[ws]]
id = "stalling-network"
when = { between = ["20s", "40s"] }
do = { kind = "burst", every = "2s" }
""",
    "dead_registration": """
[[ws]]
id = "one-dead-item"
do = { kind = "dead_registration", code = "005930" }
""",
    "delay": """
[[ws]]
id = "late-quotes"
match = { type = "0D" }
do = { kind = "delay", delay = "200ms", jitter = "300ms" }

[[ws]]
id = "pushes-before-the-answer"
match = { api = "REG" }
do = { kind = "delay", delay = "500ms", keep_order = false }
""",
    "business_error": """
[[rule]]
id = "no-pending-orders"
match = { path = "/api/*" }
when = { every = 10 }
do = { kind = "business_error", code = "571758" }      # return_code 20
""",
    "hook": """
[[rule]]
id = "as-my-broker-does"
match = { api = "ka10081" }
do = { kind = "hook", name = "slow_for_many_rows", args = { ms_per_row = 2 }, at = "after" }
""",
    "ip_changed": """
[[rule]]
id = "new-address"
match = { path = "/api/*" }
when = { nth = 50 }
do = { kind = "ip_changed" }
""",
    "token_expired": """
[[rule]]
id = "early-end"
match = { path = "/api/*" }
when = { every = 100 }
do = { kind = "token_expired" }
""",
    "token_revoked": """
[[rule]]
id = "revoked-elsewhere"
match = { path = "/api/*" }
when = { nth = 20 }
do = { kind = "token_revoked", sessions = "close" }
""",
    "token_superseded": """
[[rule]]
id = "second-process"
match = { path = "/api/*" }
when = { between = ["60s", "70s"], max = 1 }
do = { kind = "token_superseded" }
""",
    "wrong_environment": """
[[rule]]
id = "key-of-the-mock"
when = { nth = 1 }
do = { kind = "wrong_environment", for = "30s" }
""",
    "disconnect": """
[[rule]]
id = "lost-answer"
match = { api = "ka10081" }
when = { nth = 3 }
do = { kind = "disconnect", at = "after" }     # the call counted, only its answer is lost

[[ws]]
id = "dropped-socket"
match = { moment = "frame", type = "0B" }
when = { nth = 20 }
do = { kind = "disconnect", code = 1011 }

[[ws]]
id = "too-soon-again"
match = { moment = "message", api = "LOGIN" }
when = { probability = "20%" }
do = { kind = "disconnect", code = 1000 }     # as on rapid reconnects: closed before the answer
""",
    "duplicate_frame": """
[[ws]]
id = "twice"
when = { every = 10 }
do = { kind = "duplicate_frame" }
""",
    "gap": """
[[ws]]
id = "missed-trades"
match = { type = "0B", code = "000660" }
when = { between = ["20s", "26s"] }
do = { kind = "gap" }

[[ws]]
id = "no-pings"
match = { api = "PING" }
do = { kind = "gap" }

[[ws]]
id = "dead-silence"
match = { api = "*" }
when = { between = ["60s", "180s"] }
do = { kind = "gap" }
""",
    "handshake_refused": """
[[ws]]
id = "no-entry"
when = { first = 3, per = "global" }
do = { kind = "handshake_refused", status = 503 }
""",
    "http_error": """
[[rule]]
id = "maintenance-page"
when = { between = ["20s", "26s"] }
do = { kind = "http_error", status = 503, body = "html" }

[[rule]]
id = "firewall"
match = { "header.user-agent" = "python*" }
do = { kind = "http_error", status = 400, body = "firewall" }
""",
    "ignored": """
[[ws]]
id = "silent-login"
match = { api = "LOGIN" }
when = { first = 1 }
do = { kind = "ignored" }

[[ws]]
id = "deaf-to-pings"
match = { api = "PING" }
do = { kind = "ignored" }
""",
    "kick": """
[[ws]]
id = "second-login"
match = { moment = "frame", api = "REAL" }
when = { every = 500 }
do = { kind = "kick" }
""",
    "latency": """
[[rule]]
id = "slow-charts"
match = { group = "chart" }
when = { probability = "20%" }
do = { kind = "latency", range = ["500ms", "3s"] }

[[rule]]
id = "like-last-tuesday"
match = { path = "/api/*" }
do = { kind = "latency", dist = "lognormal", p50 = "18ms", p99 = "120ms" }

[[ws]]
id = "slow-handshake"
match = { moment = "connect" }
do = { kind = "latency", delay = "4s" }

[[ws]]
id = "late-login"
match = { api = "LOGIN" }
do = { kind = "latency", delay = "3s" }
""",
    "login_refused": """
[[ws]]
id = "locked-out"
when = { first = 2 }
do = { kind = "login_refused" }
""",
    "malformed_frame": """
[[ws]]
id = "no-json"
when = { every = 50 }
do = { kind = "malformed_frame" }
""",
    "pause": """
[[ws]]
id = "garbage-collection"
match = { moment = "frame" }
when = { every = 500, per = "global" }
do = { kind = "pause", for = "800ms" }

[[event]]
id = "frozen-machine"
at = "60s"
do = { kind = "pause", for = "12s" }
""",
    "restart": """
[[rule]]
id = "crash-under-load"
match = { path = "/api/*" }
when = { nth = 100, per = "global" }
do = { kind = "restart", down_for = "5s" }

[[event]]
id = "rolling-update"
at = "80s"
do = { kind = "restart", down_for = "2s", keep_state = true }
""",
    "rate_limit": """
[[rule]]
id = "tightened"
match = { path = "/api/*" }
do = { kind = "rate_limit", per_second = 1 }
""",
    "register_refused": """
[[ws]]
id = "too-many-items"
when = { first = 2 }
do = { kind = "register_refused", code = 105115 }
""",
    "reorder": """
[[ws]]
id = "overtaking"
when = { every = 7 }
do = { kind = "reorder", frames = 2 }
""",
    "stale_frame": """
[[ws]]
id = "frozen-price"
match = { type = "0B", code = "005930" }
when = { between = ["30s", "60s"] }
do = { kind = "stale_frame", clock = "new" }
""",
    "system_frame": """
[[ws]]
id = "notice-first"
do = { kind = "system_frame", at = "before" }
""",
    "throttle": """
[[ws]]
id = "twice-a-second"
do = { kind = "throttle", per_second = 2 }
""",
    "truncated_frame": """
[[ws]]
id = "cut-short"
when = { every = 50 }
do = { kind = "truncated_frame", keep = "60%" }
""",
    **BODIES,
}


def kinds() -> dict[str, type[Struct]]:
    """Return every fault kind by the name that a scenario writes."""
    found = {str(kind.__struct_config__.tag): kind for kind in FaultKind.__args__}
    return dict(sorted(found.items()))


def _place(kind: type[Struct]) -> str:
    """Return which words tell where a kind acts."""
    if not positions(kind):
        return "at-frames"
    return "at-choice" if is_free(kind) else "at-fixed"


def shown_by() -> dict[str, str]:
    """Return, for every kind, the shipped scenario that shows it: the one with the fewest kinds."""
    kinds_of = {
        found.name: _named(tomllib.loads(found.path.read_text(encoding="utf-8")))
        for found in shipped_scenarios()
    }
    return {
        kind: min(shows, key=lambda name: (len(kinds_of[name]), name))
        for kind in kinds()
        if (shows := [name for name, used in kinds_of.items() if kind in used])
    }


def _named(scenario: dict[str, Any]) -> set[str]:
    """Return the kinds that the rules of a scenario name."""
    found = set()
    for rule in (*scenario.get("rule", ()), *scenario.get("ws", ())):
        do = rule.get("do", ())
        found |= {fault["kind"] for fault in (do if isinstance(do, list) else [do])}
    return found


def _overview(language: Language) -> list[str]:
    """Return the list of kinds with the command that shows each."""
    shown, known = shown_by(), words(language)["faults"]
    rows = [
        (
            f"[{code(name)}](faults.md#{name})",
            ", ".join(code(door) for door in kind.doors),
            code(f"kiwoom-sim run {shown[name]}") if name in shown else known["by_hand"],
        )
        for name, kind in kinds().items()
    ]
    return table(known["overview"], rows)


def page(language: Language) -> str:
    """Return the page in a language."""
    known = words(language)["faults"]
    head = words(language)["value"]["head"]
    lines = [*known["intro"].splitlines(), "", *_overview(language)]
    for name, kind in kinds().items():
        doors = ", ".join(code(door) for door in kind.doors)
        lines += [f"## `{name}`", "", *about(kind.__doc__), known["doors"].format(doors), ""]
        moments = ", ".join(code(moment) for moment in scope_of(kind).moments)
        lines += [known["moments"].format(moments), ""] if moments else []
        lines += [known[_place(kind)].format(", ".join(map(code, positions(kind)))), ""]
        fields = rows(kind, language)
        lines += [*(table(head, fields) if fields else ()), *toml(EXAMPLES[name])]
    return page_of(language, lines)
