"""Keep one simulator for all tests that only listen to what a server must do."""

from collections.abc import Iterator

import pytest

from tests.wire.house import House, simulator

PING_MS = 250


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """Return a busy market day at five times the speed, with frequent PINGs."""
    changes = {"clock.mode": "scaled", "clock.speed": 5, "wire.ping_interval": f"{PING_MS}ms"}
    with simulator("normal_market", **changes) as running:
        yield running


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio only."""
    return "asyncio"
