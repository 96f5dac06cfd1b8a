"""Host the guests: pytest fixtures and builders for users' tests.

`KiwoomSim` is the type of the fixtures `kiwoom_sim` and `kiwoom_sim_session`:

```python
from kiwoom_sim.testing import KiwoomSim

def test_my_client(kiwoom_sim: KiwoomSim) -> None: ...
```

It is loaded on first use, because pytest imports this package in every project.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiwoom_sim.testing.background import BackgroundSimulator as KiwoomSim

__all__ = ["KiwoomSim"]


def __getattr__(name: str) -> object:
    """Load a public name from the module that it lives in."""
    if name != "KiwoomSim":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kiwoom_sim.testing.background import BackgroundSimulator  # noqa: PLC0415 - see above

    return BackgroundSimulator
