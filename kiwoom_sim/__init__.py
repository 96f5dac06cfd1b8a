"""Stand in for the Kiwoom Securities REST and WebSocket API.

```python
import kiwoom_sim

async with kiwoom_sim.serve("normal_market", rest_port=0, ws_port=0) as running:
    print(running.rest_url, running.ws_url)
```

Names are loaded on first use: importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from kiwoom_sim.version import __version__

if TYPE_CHECKING:
    from kiwoom_sim.app import serve
    from kiwoom_sim.runtime.simulation import Simulation
    from kiwoom_sim.scenario.loader import load_scenario
    from kiwoom_sim.scenario.schema import Scenario

__all__ = ["Scenario", "Simulation", "__version__", "load_scenario", "serve"]

_HOMES = {
    "Scenario": "kiwoom_sim.scenario.schema",
    "Simulation": "kiwoom_sim.runtime.simulation",
    "load_scenario": "kiwoom_sim.scenario.loader",
    "serve": "kiwoom_sim.app",
}


def __getattr__(name: str) -> object:
    """Load a public name from the room that it lives in."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
