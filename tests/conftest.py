"""Settings that every test shares."""

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from tests.network import keep_in

keep_in()
# Kits that somebody installed on this machine are no concern of the tests.
os.environ["KIWOOM_SIM_KITS"] = os.path.join(tempfile.gettempdir(), "kiwoom-sim-no-kits")  # noqa: PTH118 - before any import of ours
settings.register_profile(
    "default", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


LONGEST = (
    "tests/wire/test_rebuild.py",
    "tests/scenarios/test_end_to_end.py",
    "tests/wire/test_constant_fields.py",
    "tests/test_soak.py",
    "tests/wire/test_counts.py",
)
"""Files whose tests take minutes together: begun first, so that no worker ends long after all."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin first; everything else keeps its order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))
