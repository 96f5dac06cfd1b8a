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
