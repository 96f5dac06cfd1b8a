import json
from collections.abc import Iterable
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any

import pytest
from check_jsonschema import main as check
from click.testing import CliRunner

from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.json_schema import scenario_schema
from tests.scenario.test_loader import FULL, WRONG

PACKAGED = Path(str(packaged("kiwoom_sim.scenario").joinpath("schema.json")))


def rejects(files: Iterable[Path]) -> dict[str, str]:
    """Return what the schema says about files that it does not accept, by stem."""
    paths = [str(file) for file in files]
    options = ["--schemafile", str(PACKAGED), "--output-format", "json"]
    found = json.loads(CliRunner().invoke(check, [*options, *paths]).output)
    told = [*found.get("errors", ()), *found.get("parse_errors", ())]
    return {Path(each["filename"]).stem: each.get("message", "") for each in told}


def test_the_packaged_schema_is_fresh(request: pytest.FixtureRequest) -> None:
    fresh = json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--update-golden"):
        PACKAGED.write_text(fresh, encoding="utf-8")
    assert PACKAGED.read_text(encoding="utf-8") == fresh


def test_shipped_scenarios_and_the_whole_language_are_accepted(tmp_path: Any) -> None:
    full = tmp_path / "full.toml"
    full.write_text(FULL, encoding="utf-8")
    rejected = rejects([full, *(found.path for found in shipped_scenarios())])
    assert rejected == {}


OUTSIDE = "what is right depends on other files, the environment or the options of a run"
REFERENCE = "names refer to other tables"
LISTED = "the market lists its codes, the calendar its days"
TEXT = "an editor sees TOML dates and times as texts"
TWO_VALUES = "two values are compared"
UNIT = "a bound of a value that is written with its unit"
BELOW = "the file that it extends may hold the rest"
KINDS = "kinds of fault are weighed against each other or against the match"
BEYOND_A_SCHEMA = {
    "clock_speed_without_mode": BELOW,
    "clock_start_out_of_calendar": LISTED,
    "env_name_with_blank": OUTSIDE,
    "env_not_set": OUTSIDE,
    "event_before_the_opening": LISTED,
    "event_code_unlisted": LISTED,
    "event_on_a_holiday": LISTED,
    "event_outside_the_symbols": REFERENCE,
    "event_hours_in_a_phase": KINDS,
    "event_phase_unknown": REFERENCE,
    "event_phase_with_a_time_of_day": TEXT,
    "event_plus_without_phase": BELOW,
    "event_share_too_high": UNIT,
    "event_time_in_quotes": TEXT,
    "extends_a_wrong_file": OUTSIDE,
    "extends_itself": OUTSIDE,
    "extends_nothing_known": OUTSIDE,
    "hook_not_allowed": OUTSIDE,
    "journal_size_too_small": UNIT,
    "limit_without_anything": BELOW,
    "market_symbol_unlisted": LISTED,
    "phase_endless_in_the_middle": REFERENCE,
    "phase_named_twice": REFERENCE,
    "phase_ramp_without_end": BELOW,
    "phase_set_latency_upside_down": TWO_VALUES,
    "phase_set_unknown_setting": REFERENCE,
    "phase_until_unknown_event": REFERENCE,
    "ralph_ticker_unlisted": LISTED,
    "rule_connect_needs_a_request": KINDS,
    "rule_id_twice": REFERENCE,
    "rule_phase_unknown": REFERENCE,
    "rule_phase_without_phases": REFERENCE,
    "rule_two_instead": KINDS,
    "rule_when_probability_too_fine": UNIT,
    "rule_when_window_upside_down": TWO_VALUES,
    "stub_body_with_a_date": TEXT,
    "stub_named_twice": REFERENCE,
    "ws_close_code": KINDS,
    "ws_direction_that_never_is": KINDS,
    "ws_kinds_that_never_meet": KINDS,
    "ws_message_that_never_is": KINDS,
    "ws_moment_that_never_is": KINDS,
}
"""Mistakes that a schema cannot see, and why; the loader sees them all."""


def test_every_wrong_file_is_rejected_unless_its_mistake_is_beyond_a_schema() -> None:
    rejected = rejects(WRONG)
    assert {path.stem for path in WRONG} - set(rejected) == set(BEYOND_A_SCHEMA)


SLIPS = [
    "sead = 1",
    "seed = -1",
    "clock = { mode = 'rel' }",
    "clock = { speed = '2' }",
    "[[phase]]\nfor = '5s'",
    "[[phase]]\nid = 'a'\nfor = '5'",
    "[[rule]]\nid = 'a'\ndo = { kind = 'latncy' }",
    "[[rule]]\nid = 'a'\ndo = { kind = 'latency', status = 5 }",
    "[[rule]]\nid = 'a'\nmatch = { 'bdy.x' = '1' }\ndo = { kind = 'disconnect' }",
    "[[rule]]\nid = 'a'\ndo = { kind = 'gap' }",
    "[[ws]]\nid = 'a'\ndo = { kind = 'http_error' }",
    "[[ws]]\nid = 'a'\nmatch = { moment = 'request' }\ndo = { kind = 'gap' }",
    "[[rule]]\nid = 'a'\nwhen = { probability = '5' }\ndo = { kind = 'disconnect' }",
]


def test_wrong_scenarios_are_rejected(tmp_path: Path) -> None:
    files = {f"slip_{place}": tmp_path / f"slip_{place}.toml" for place in range(len(SLIPS))}
    for file, slip in zip(files.values(), SLIPS, strict=True):
        file.write_text(f"schema = 1\n{slip}\n", encoding="utf-8")
    assert set(rejects(files.values())) == set(files)
