import json
from importlib.resources import files
from typing import Any

import pytest
from check_jsonschema import main as check
from click.testing import CliRunner

from kiwoom_sim.scenario.finder import shipped_scenarios
from kiwoom_sim.scenario.json_schema import scenario_schema
from tests.scenario.test_loader import FULL

PACKAGED = files("kiwoom_sim.scenario").joinpath("schema.json")


def complaints(path: str) -> str:
    result = CliRunner().invoke(check, ["--schemafile", str(PACKAGED), path])
    return "" if result.exit_code == 0 else result.output


def test_the_packaged_schema_is_fresh(request: pytest.FixtureRequest) -> None:
    fresh = json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--update-golden"):
        PACKAGED.write_text(fresh, encoding="utf-8")
    assert PACKAGED.read_text(encoding="utf-8") == fresh


def test_shipped_scenarios_and_the_whole_language_are_accepted(tmp_path: Any) -> None:
    full = tmp_path / "full.toml"
    full.write_text(FULL, encoding="utf-8")
    for path in (full, *(found.path for found in shipped_scenarios())):
        assert complaints(str(path)) == ""


@pytest.mark.parametrize(
    "slip",
    [
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
    ],
)
def test_wrong_scenarios_are_rejected(slip: str, tmp_path: Any) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(f"schema = 1\n{slip}\n", encoding="utf-8")
    assert complaints(str(file))
