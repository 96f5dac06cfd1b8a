from pathlib import Path

import pytest

from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.loader import check_strictly

PHASES = """schema = 1
[[phase]]
id = "calm"
for = "30s"
[[phase]]
id = "storm"
for = "1m"
"""
RULE = '[[rule]]\nid = "{}"\n{}\ndo = {}\n'
PAGE, LATE = '{ kind = "http_error" }', '{ kind = "latency", delay = "1s" }'


def told(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "made.toml"
    file.write_text(text, encoding="utf-8")
    problems = check_strictly(file, env={})
    return [problem.replace(str(tmp_path) + "/", "") for problem in problems]


def rule(lines: str = "", name: str = "a", do: str = PAGE) -> str:
    return RULE.format(name, lines, do)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('match = { api = ["ka1*", "kx1*"] }', "match.api: never happens: no documented API id is"),
        ('match = { group = "charts" }', "match.group: never happens: no documented group is"),
        ('match = { path = "/api/x" }', "match.path: never happens: no documented path is"),
        ('match = { api = "ka10001", group = "chart" }', "match: never happens: no API of that id"),
        ("when = { probability = 0 }", "when.probability: never happens: the chance is 0%"),
        ("when = { nth = [2, 9], first = 5 }", "when.nth: never happens: occasion 9 is ruled out"),
        ("when = { nth = 3, every = 2 }", "when.nth: never happens: occasion 3 is ruled out"),
        ("when = { nth = [1, 2], max = 1 }", "when.nth: never happens: occasion 2 comes after"),
        ("when = { every = 9, first = 5 }", "when.every: never happens: first ends at 5"),
        (
            'phase = "calm"\nwhen = { between = ["+30s", "+40s"] }',
            "when.between: never happens: the phase lasts 30s at most",
        ),
        (
            'phase = "calm"\nwhen = { between = ["30s", "40s"] }',
            'when.between: never happens: phase "calm" is at another time',
        ),
        (
            'phase = "storm"\nwhen = { between = ["5s", "30s"] }',
            'when.between: never happens: phase "storm" is at another time',
        ),
    ],
)
def test_a_rule_that_can_never_fire_is_told_with_its_line(
    tmp_path: Path, lines: str, problem: str
) -> None:
    (message,) = told(tmp_path, PHASES + rule(lines))
    where, _, rest = message.partition(": ")
    assert where.startswith("made.toml:1")
    assert rest.startswith(f"rule[0].{problem}")


@pytest.mark.parametrize(
    "lines",
    [
        'match = { api = "ka1008*", group = "chart" }',
        'match = { path = "/oauth2/*" }',
        'match = { path = "/api/dostk/ka10081", api = "ka10081" }',
        "when = { nth = [2, 4], every = 2, max = 2, first = 9 }",
        'phase = ["calm", "storm"]\nwhen = { between = ["+30s", "+40s"] }',
        'phase = "storm"\nwhen = { between = ["20s", "40s"] }',
        'when = { between = ["9h", "10h"] }',
    ],
)
def test_what_may_happen_is_not_told(tmp_path: Path, lines: str) -> None:
    assert told(tmp_path, PHASES + rule(lines)) == []


SHADOWED = 'rule[1]: never happens: rule[0] ("a") always fires first'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ('match = { api = "ka1*" }', 'match = { api = ["ka10081", "ka10001"] }'),
        ('match = { group = "chart" }', 'match = { group = "chart", "body.stk_cd" = "005930" }'),
        ('phase = ["calm", "storm"]', 'phase = "storm"\nwhen = { nth = 3 }'),
        ('match = { "body.stk_cd" = "0*" }', 'match = { "body.stk_cd" = "005930" }'),
        ("match = { connection = [1, 2] }", "match = { connection = 2 }"),
    ],
)
def test_a_rule_behind_one_that_always_fires_is_told(
    tmp_path: Path, first: str, second: str
) -> None:
    (message,) = told(tmp_path, PHASES + rule(first) + rule(second, "b"))
    assert SHADOWED in message
    assert message.endswith("; stack = true there lets both fire")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("stack = true", ""),
        ("when = { nth = 1 }", ""),
        ('phase = "calm"', ""),
        ('phase = "calm"', 'phase = ["calm", "storm"]'),
        ('match = { api = "ka10081" }', 'match = { api = "ka1008*" }'),
        ('match = { api = "ka10081" }', ""),
        ('match = { "body.stk_cd" = "005930" }', 'match = { "body.base_dt" = "20260323" }'),
    ],
)
def test_a_rule_that_gets_its_turn_is_not_told(tmp_path: Path, first: str, second: str) -> None:
    assert told(tmp_path, PHASES + rule(first) + rule(second, "b")) == []


def test_kinds_that_leave_calls_alone_hide_nothing(tmp_path: Path) -> None:
    limit, jitter = '{ kind = "rate_limit" }', '{ kind = "latency", jitter = "1s" }'
    for kind in (limit, jitter):
        assert told(tmp_path, PHASES + rule(do=kind) + rule(name="b")) == []
    assert SHADOWED in told(tmp_path, PHASES + rule(do=LATE) + rule(name="b"))[0]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('match = { api = "REGG" }', 'ws[0].match.api: never happens: no message is called "REGG"'),
        ('match = { type = "9Z" }', "ws[0].match.type: never happens: there is no real-time type"),
        ('match = { type = "0B" }', ""),
        ('match = { api = "realtime_price" }', ""),
        ('match = { path = "/ws", type = "9Z" }', ""),
    ],
)
def test_names_at_the_websocket_door(tmp_path: Path, lines: str, problem: str) -> None:
    text = f'schema = 1\n[[ws]]\nid = "a"\n{lines}\ndo = {{ kind = "gap" }}\n'
    assert [message.partition(": ")[2][: len(problem)] for message in told(tmp_path, text)] == (
        [problem] if problem else []
    )


@pytest.mark.parametrize(
    ("until", "problem"),
    [
        ("rest.requests >= 0", "phase[0]: never happens: rest.requests >= 0 holds from the start"),
        ("ws.connections < 0", "phase[0].until: never happens: nothing is below 0"),
        ("event.vi >= 2", "phase[0].until: never happens: an event counts 1 at most"),
        ("fault.a", 'phase[0].until: never happens: rule "a" is not in force in this phase'),
        ("fault.b", ""),
        ("event.vi", ""),
        ("ws.connections == 0", ""),
    ],
)
def test_phases_that_never_last_or_never_end(tmp_path: Path, until: str, problem: str) -> None:
    text = (
        f'schema = 1\n[[phase]]\nid = "w"\nuntil = "{until}"\ntimeout = "5s"\n'
        '[[phase]]\nid = "rest"\n[[event]]\nid = "vi"\nat = "1s"\n'
        'do = { kind = "halt", code = "005930" }\n'
        + rule('phase = "rest"')
        + rule('match = { api = "ka10001" }', "b")
    )
    expected = [problem] if problem else []
    assert [message.partition(": ")[2] for message in told(tmp_path, text)] == expected


def test_stubs_and_waits_are_looked_at_too(tmp_path: Path) -> None:
    stub = '[[stub]]\nid = "{}"\nmatch = {{ api = "{}" }}\nreply = {{ body = "" }}\n'
    text = "schema = 1\n" + stub.format("a", "kt1*") + stub.format("b", "kt10000")
    text += '[latency]\n"rest.kx1" = { delay = "1s" }\n'
    assert [message.partition(": ")[2] for message in told(tmp_path, text)] == [
        'stub[1]: never happens: stub[0] ("a") always fires first',
        "latency.rest.kx1: never happens: nothing documented is called that",
    ]


@pytest.mark.parametrize("name", [found.name for found in shipped_scenarios()])
def test_shipped_scenarios_hold_nothing_that_never_happens(name: str) -> None:
    assert check_strictly(name, env={}) == ()


LIMIT = '[[limit]]\nid = "x"\nrate = "5/1s"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f'{LIMIT}match = {{ api = "kx*" }}', "limit[0].match.api: never happens: no documented A"),
        (f'{LIMIT}match = {{ group = "charts" }}', "limit[0].match.group: never happens: no docum"),
        (
            f'{LIMIT}match = {{ api = "ka10001", group = "chart" }}',
            "limit[0].match: never happens: no API of that id has that group",
        ),
        (
            f"{LIMIT}[wire]\nlimits_enabled = false",
            "limit[0]: never happens: wire.limits_enabled is false",
        ),
        ('[latency]\n"ws.0X" = { delay = "5ms" }', "latency.ws.0X: never happens: nothing docum"),
        ('[latency]\n"ws.REALS" = { delay = "5ms" }', "latency.ws.REALS: never happens: nothing"),
        (
            '[[stub]]\nid = "t"\nmatch = { path = "/oauth2/token" }\nreply = { body = "" }',
            "stub[0].match.path: never happens: token calls are not asked of the market",
        ),
        (
            '[[account]]\nappkey = "mine"\nsecretkey = "s"\n'
            + rule('match = { app_key = ["mine", "yours"] }'),
            "rule[0].match.app_key[1]: never happens: no [[account]] has this app key",
        ),
    ],
)
def test_what_can_never_happen_outside_of_rules_is_told(
    tmp_path: Path, text: str, problem: str
) -> None:
    (message,) = told(tmp_path, f"schema = 1\n{text}\n")
    assert problem in message
    assert "yours" not in message


@pytest.mark.parametrize(
    "text",
    [
        f'{LIMIT}match = {{ api = "ka1*", group = "chart" }}',
        f'{LIMIT}[wire]\nlimits_enabled = false\n[[phase]]\nid = "p"\n'
        'set = { "wire.limits_enabled" = true }',
        '[latency]\n"ws.0B" = { delay = "5ms" }\n"ws.realtime_price" = { delay = "5ms" }',
        "[wire]\nlimits_enabled = false",
        rule('match = { app_key = "anybody" }'),
    ],
)
def test_what_may_happen_outside_of_rules_is_not_told(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, f"schema = 1\n{text}\n") == []
