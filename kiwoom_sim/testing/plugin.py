"""Give pytest simulators: `kiwoom_sim` for one test, `kiwoom_sim_session` for all of them.

```python
@pytest.mark.kiwoom_scenario("rate_limit", seed=7, **{"clock.mode": "stepped"})   # optional
def test_my_client(kiwoom_sim):
    client = MyClient(base_url=kiwoom_sim.rest_url, ws_url=kiwoom_sim.ws_url)
    assert client.quote("005930").price > 0
    kiwoom_sim.advance("5s")
    assert kiwoom_sim.requests("ka10001") == 1
```

A simulator listens on free ports and lives in a thread of its own, so tests may be plain,
asynchronous (asyncio, trio) or spread over processes (xdist: each has its own session simulator).

The marker may stand at the test, its class and its module (`pytestmark`); the closest one that
names a scenario chooses it, and of each changed value the closest holds. Without a marker the
scenario is that of `--kiwoom-scenario`, else of the setting `kiwoom_scenario`, else
`normal_market`. The session's simulator knows no markers. `--kiwoom-seed N` overrules every seed,
`--kiwoom-runs DIR` keeps the runs. A failed test says what its simulator did and how to see it
again.

pytest loads this module in every project, so it imports nothing of the simulator until a test
uses a fixture.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiwoom_sim.testing.choice import MARKER, add_options, choose
from kiwoom_sim.testing.report import TITLE, Shown, describe_all

if TYPE_CHECKING:
    from kiwoom_sim.testing.background import BackgroundSimulator

SESSION = "kiwoom_sim_session"

_shown: pytest.StashKey[list[Shown]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make flags and settings known."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    text = "what the fixture `kiwoom_sim` runs: a file or shipped name, and changed values"
    config.addinivalue_line("markers", f"{MARKER}(scenario, seed=..., **overrides): {text}")


@pytest.fixture
def kiwoom_sim(request: pytest.FixtureRequest) -> "Iterator[BackgroundSimulator]":
    """Run a simulator for this test alone: own ports, own world; a marker says which scenario."""
    markers = request.node.iter_markers(MARKER)
    with _simulator(request, markers, request.node.path) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def kiwoom_sim_session(request: pytest.FixtureRequest) -> "Iterator[BackgroundSimulator]":
    """Run one simulator for all tests of this process; they share its world, keys and limits."""
    with _simulator(request, (), None) as simulator:
        yield simulator


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the simulators of a failed test have to tell."""
    report = yield
    if report.failed:
        shown = _stashed(item)
        if SESSION in getattr(item, "fixturenames", ()):
            shown = [*shown, *_stashed(item.session)]
        report.sections += [(TITLE, text) for text in describe_all(shown, item.nodeid)]
    return report


def _stashed(node: pytest.Item | pytest.Session) -> list[Shown]:
    return node.stash.setdefault(_shown, [])


@contextmanager
def _simulator(
    request: pytest.FixtureRequest, markers: Iterable[pytest.Mark], near: Path | None
) -> "Iterator[BackgroundSimulator]":
    """Run what was chosen; what cannot be run is told without a traceback of ours."""
    from kiwoom_sim.errors import KiwoomSimError  # noqa: PLC0415 - see above
    from kiwoom_sim.testing.background import BackgroundSimulator  # noqa: PLC0415 - see above

    with ExitStack() as stack:
        started: Shown | str
        try:
            choice = choose(request.config, markers, near)
            simulator = BackgroundSimulator(choice.scenario, choice.overrides, runs=choice.runs)
            started = stack.enter_context(simulator), choice
        except (KiwoomSimError, ValueError) as error:
            started = str(error)
        if isinstance(started, str):  # not in the handler, or pytest would tell it twice
            pytest.fail(started, pytrace=False)
        _stashed(request.node).append(started)
        yield started[0]
