"""Give pytest the fixture `kiwoom_sim`: a simulator of its own for each test that asks for one.

```python
@pytest.mark.kiwoom_scenario("normal_market", seed=7)   # optional; keys may be dotted in a dict
def test_my_client(kiwoom_sim):
    client = MyClient(base_url=kiwoom_sim.rest_url, ws_url=kiwoom_sim.ws_url)
    assert client.quote("005930").price > 0
    assert kiwoom_sim.requests("ka10001") == 1
```

pytest loads this module in every project, so it imports nothing of the simulator until a test
uses the fixture.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kiwoom_sim.testing.background import BackgroundSimulator

_MARKER = "kiwoom_scenario(scenario, overrides): what the fixture `kiwoom_sim` runs"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def kiwoom_sim(request: pytest.FixtureRequest) -> "Iterator[BackgroundSimulator]":
    """Return a running simulator with free ports and its own world."""
    from kiwoom_sim.testing.background import BackgroundSimulator  # noqa: PLC0415 - see above

    marker = request.node.get_closest_marker("kiwoom_scenario")
    scenario = marker.args[0] if marker and marker.args else "normal_market"
    overrides = dict(marker.args[1]) if marker and len(marker.args) > 1 else {}
    overrides |= marker.kwargs if marker else {}
    with BackgroundSimulator(scenario, overrides) as simulator:
        yield simulator
