import os
import tomllib
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import clock_ms, day_from_date, moment
from kiwoom_sim.core.meters import Rate
from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.faults.ramps import Ramp
from kiwoom_sim.faults.until import Until
from kiwoom_sim.scenario.fields import fields_of
from kiwoom_sim.scenario.finder import Found, shipped_scenarios
from kiwoom_sim.scenario.loader import load_scenario, parse_scenario
from kiwoom_sim.scenario.overrides import Override, from_flags
from kiwoom_sim.scenario.problems import render
from kiwoom_sim.scenario.schema import Scenario
from kiwoom_sim.scenario.values import show, show_key

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.toml"))
"""Files with one mistake each, the one that gives them their names."""
TOGETHER = sorted((Path(__file__).parent / "wrong" / "together").glob("*.toml"))
"""Files with many."""
SHIPPED = [found.path.read_text(encoding="utf-8") for found in shipped_scenarios()]
FULL = """
schema = 1
description = "everything at once"
tags = "one"
clock = { mode = "scaled", speed = 60, start = 2026-03-23T08:59:30, hold = "first-request" }
market = { symbols = ["005930"] }
account = [{ appkey = "k", secretkey = "s" }]

[[limit]]
id = "total"
profile = "demo@2026-03"
scope = "appkey"
match = { api = "ka*" }
penalty = { after = 3, for = "1m" }

[[phase]]
id = "calm"
for = "30m@market"

[[phase]]
id = "wait"
until = "ws.connections >= 1"
timeout = "1m"
set = { "limit.total.rate" = "1/1s -> 300/1m", "wire.token_life" = "1h -> 2h" }

[[phase]]
id = "seen"
until = "event.pin"
timeout = "1m"

[[phase]]
id = "storm"
set = { "limit.total.rate" = "1/2s", wire.ping_interval = "2s" }

[[rule]]
id = "gateway-page"
phase = ["storm"]
match = { api = "ka1008*", "body.stk_cd" = "005930" }
when = { every = 5, probability = 0.5, between = ["+0s", "+1m"] }
do = [{ kind = "latency", delay = "18ms" }, { kind = "http_error", status = 502, body = "html" }]

[[ws]]
id = "gap"
phase = "storm"
match = { type = "0B", code = "000660", direction = "out" }
when = { between = ["+20s", "+26s"] }
do = { kind = "gap" }
[latency]
"rest.*" = { dist = "lognormal", p50 = "18ms", p99 = "120ms" }
"rest.chart" = { range = ["1ms", "3ms"] }

[[stub]]
id = "order"
phase = "calm"
match = { api = "kt10000" }
when = { every = 2 }
reply = { body = { ord_no = "0000001", rows = [{ a = 1.5, b = true }] }, headers = { x = "y" } }

[[stub]]
id = "page"
match = { api = "ka10001" }
reply = { status = 503, body = "<html>$${no variable}" }

[[event]]
id = "pin"
at = 09:01:10
do = { kind = "price", code = "005930", price = 70000, for = "5s" }
"""


def wrong(text: str, **rest: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, **rest)
    return str(caught.value)


@pytest.mark.parametrize("file", [*WRONG, *TOGETHER], ids=lambda file: file.stem)
def test_every_problem_is_told_in_the_order_of_the_file(
    file: Path, request: pytest.FixtureRequest
) -> None:
    text = file.read_text(encoding="utf-8")
    told = wrong(text, name=file.stem, file=file.name, home=file, env={}) + "\n"
    if file in WRONG:
        assert sum(not line.startswith("  ") for line in told.splitlines()) == 1
    golden = file.with_suffix(".txt")
    if request.config.getoption("--update-golden"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("schema = 1\n\n[clock\nmode = 1\n", "made.toml:3: not TOML: "),
        ('schema = 1\nname = """\nopen\n', "made.toml:4: not TOML: "),
        ("seed = 1\nseed = 2\n", "made.toml:2: not TOML: "),
        ('{"schema": 1}', "made.toml:1: not TOML: "),
        ("at = 2026-99-99\n", "made.toml"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text: str, place: str) -> None:
    told = wrong(text, file="made.toml")
    assert told.startswith(place)
    assert "(at" not in told


@pytest.mark.parametrize("depth", [100, 300, 420, 440, 460, 480, 5_000])
def test_deep_nesting_is_refused_politely(depth: int) -> None:
    assert wrong("schema = 1\nx = " + "[" * depth + "]" * depth, file="deep.toml")


def test_the_whole_language_is_read() -> None:
    scenario = parse_scenario(FULL, name="full")
    assert scenario.name == "full"
    assert scenario.tags == ("one",)
    assert scenario.phases[0].for_ms == 30_000
    wait, seen, storm = scenario.phases[1:]
    assert (wait.until, wait.timeout_ms) == (Until("ws.connections"), 60_000)
    assert wait.settings["limit.total.rate"] == Ramp(Rate(1), Rate(300, 60_000))
    assert wait.settings["wire.token_life"] == Ramp(3_600_000, 7_200_000)
    assert seen.until == Until("event.pin")
    assert storm.settings == {"limit.total.rate": Rate(1, 2_000), "wire.ping_interval": 2_000}
    assert [type(kind).__name__ for kind in scenario.rules[0].do] == ["Latency", "HttpError"]
    assert scenario.rules[0].match.body == {"stk_cd": ("005930",)}
    assert [type(kind).__name__ for kind in scenario.ws_rules[0].do] == ["Gap"]
    assert scenario.ws_rules[0].match.type_ == ("0B",)
    assert [rule.id for rule in scenario.all_rules] == ["gateway-page", "gap"]
    assert scenario.latency["rest.*"].p99_ms == 120
    assert scenario.stubs[0].reply.body["rows"] == [{"a": 1.5, "b": True}]
    assert scenario.stubs[1].reply.body == "<html>${no variable}"
    assert scenario.events[0].do.command().for_ms == 300_000  # type: ignore[union-attr]


def test_a_file_takes_its_name_from_its_stem(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("schema = 1", encoding="utf-8")
    assert load_scenario(file).name == "mine"


def test_a_shipped_scenario_is_loaded_by_its_name() -> None:
    assert load_scenario("normal_market").clock.session == "always-open"


def test_flags_go_before_variables_and_variables_before_the_file() -> None:
    env = {"KIWOOM_SIM_SEED": "5", "KIWOOM_SIM_REST_PORT": "0", "KIWOOM_SIM_SPEED": "30"}
    scenario = parse_scenario(FULL, overrides=from_flags(seed=7), env=env)
    assert (scenario.seed, scenario.doors.rest, scenario.clock.speed) == (7, 0, 30)


def test_the_built_in_limit_can_be_changed_from_outside() -> None:
    changes = ["limit.per_api.rate=2/1s", "wire.environment=demo"]
    [limit] = parse_scenario("schema = 1", overrides=changes).limits
    assert (limit.profile, limit.rate) == ("demo@2026-03", Rate(2))
    [limit] = parse_scenario(FULL, overrides=["limit.total.burst=3"]).limits
    assert (limit.id, limit.burst) == ("total", 3)
    message = '--set limit.per_api.rate=2/1s: limit: unknown limit "per_api"'
    assert wrong(FULL, overrides=["limit.per_api.rate=2/1s"]).startswith(message)


def test_values_can_be_changed_by_text_by_key_and_by_override() -> None:
    by_text = parse_scenario(FULL, overrides=["seed=9", "phase.calm.for=5s"])
    assert (by_text.seed, by_text.phases[0].for_ms) == (9, 5_000)
    assert parse_scenario(FULL, overrides={"seed": 9}).seed == 9
    override = Override(origin="test", key="clock.start", value="2026-03-24T09:00:00")
    start_ms = parse_scenario(FULL, overrides=[override]).clock.start_ms
    assert start_ms == moment(day_from_date(date(2026, 3, 24)), clock_ms(9))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clock.sped=2", "--set clock.sped=2: clock.sped: unknown key"),
        ("clok.speed=2", "--set clok.speed=2: clok: unknown key"),
        ("seed=x", '--set seed=x: seed: "x" is not a whole number'),
        ("phase.clam.for=2s", '--set phase.clam.for=2s: phase: unknown phase "clam"'),
        ("seed.x=2", "--set seed.x=2: seed: has no keys inside"),
        ("speed", "--set speed: write it as key=value"),
    ],
)
def test_a_slip_in_a_changed_value_is_told_like_one_in_the_file(text: str, message: str) -> None:
    assert wrong("seed = 1\n" + FULL, overrides=[text]).startswith(message)


def test_variables_are_named_when_they_are_wrong() -> None:
    told = wrong(FULL, env={"KIWOOM_SIM_SEED": "many"})
    assert told == 'KIWOOM_SIM_SEED: seed: "many" is not a whole number'


def test_a_file_that_vanished_is_told(tmp_path: Path) -> None:
    gone = Found(name="gone", path=tmp_path / "gone.toml", shown="gone.toml")
    with pytest.raises(ScenarioError, match=r"^gone.toml: No such file"):
        load_scenario(gone)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes(b"# \xff")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(file)
    locked = tmp_path / "locked.toml"
    locked.write_text("schema = 1", encoding="utf-8")
    locked.chmod(0)
    if not os.access(locked, os.R_OK):
        with pytest.raises(ScenarioError, match="denied"):
            load_scenario(locked)


@given(st.sampled_from([*SHIPPED, FULL]), st.data())
def test_random_damage_raises_nothing_but_scenario_errors(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        patch = data.draw(st.text(max_size=6) | st.sampled_from(["[", "}", '"', "=", "\n", "= []"]))
        text = text[:start] + patch + text[start + length :]
    with suppress(ScenarioError):
        assert isinstance(parse_scenario(text), Scenario)


TABLES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "do", "kind", "match", "when", "for", "at", "set", "mode", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.sampled_from([field.key for field in fields_of(Scenario)]), TABLES)
def test_values_of_any_kind_raise_nothing_but_scenario_errors(key: str, value: object) -> None:
    with suppress(ScenarioError):
        parse_scenario("schema = 1", overrides={key: value})


PLAIN = (
    st.booleans()
    | st.integers(-5, 2**64)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["5s", "-1s", "1/s", "10%", "a -> b", "${X}", "09:00:00", "ws.x", "hook"])
    | st.just([])
    | st.just({})
)


def damaged(value: Any, data: st.DataObject) -> Any:
    """Return a value of a file with something inside it replaced, renamed or left out."""
    if not isinstance(value, dict | list) or not value or data.draw(st.integers(0, 9)) == 0:
        return data.draw(PLAIN)
    if isinstance(value, list):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], damaged(value[place], data), *value[place + 1 :]]
    key = data.draw(st.sampled_from(sorted(value)))
    rest = {name: inner for name, inner in value.items() if name != key}
    match data.draw(st.integers(0, 4)):
        case 0:
            return rest
        case 1:
            return {**rest, data.draw(st.text(max_size=4)): value[key]}
        case _:
            return {**rest, key: damaged(value[key], data)}


@given(st.sampled_from([*SHIPPED, FULL]), st.data())
def test_damage_of_any_table_raises_nothing_but_scenario_errors(
    text: str, data: st.DataObject
) -> None:
    table = damaged(tomllib.loads(text), data)
    pairs = table.items() if isinstance(table, dict) else ()
    lines = [f"{show_key(key)} = {show(value)}" for key, value in pairs]
    with suppress(ScenarioError):
        assert isinstance(parse_scenario("\n".join(lines), env={}), Scenario)


def test_the_only_words_for_an_unknown_key_are_in_problems() -> None:
    room = Path(render.__code__.co_filename).parent.parent
    users = [p.name for p in room.rglob("*.py") if "unknown key" in p.read_text(encoding="utf-8")]
    assert users == ["problems.py"]
