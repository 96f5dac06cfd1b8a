"""Check when a client is told anew what time it is in the market."""

import asyncio
from pathlib import Path

import pytest

from kiwoom_sim.launch import market_time
from kiwoom_sim.launch.market_time import PAGE, MarketTime, Moment, variables

START_MS = 1_774_225_800_000
"""2026-03-23 09:30 in Korea, counted in Korea."""
UNIX_NS = (START_MS - 9 * 3_600_000) * 1_000_000


class Clocks:
    """Hold a market and a machine whose clocks a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.market_ms = START_MS
        self.ns = 1_000
        monkeypatch.setattr(market_time.time, "monotonic_ns", lambda: self.ns)

    def pass_(self, real_ms: int, market_ms: int) -> None:
        self.ns += real_ms * 1_000_000
        self.market_ms += market_ms

    def told(self, path: Path) -> int:
        """Return the Unix time in ns that a client reads off the page."""
        *fields, check = PAGE.unpack(path.read_bytes())
        assert check == fields[0] ^ fields[1] ^ fields[2]
        return Moment(*fields).at(self.ns)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def test_a_market_that_waits_stands_still(clocks: Clocks, tmp_path: Path) -> None:
    page = tmp_path / "time"
    kept = MarketTime(page, lambda: clocks.market_ms, 20)
    assert clocks.told(page) == UNIX_NS
    clocks.pass_(60_000, 0)
    assert not kept.look()
    assert clocks.told(page) == UNIX_NS


def test_it_moves_at_its_speed_and_is_told_anew_only_after_a_jump(
    clocks: Clocks, tmp_path: Path
) -> None:
    kept = MarketTime(tmp_path / "time", lambda: clocks.market_ms, 20)
    seen = []
    for real_ms, market_ms in ((50, 1_000), (1_000, 20_000), (1, 0), (9, 200), (10, 3_600_000)):
        clocks.pass_(real_ms, market_ms)
        seen.append(kept.look())
    assert seen == [True, False, False, False, True]
    clocks.pass_(100, 2_000)
    assert kept._told.at(clocks.ns) == (clocks.market_ms - market_time.KOREA_MS) * 1_000_000


def test_a_stepped_market_moves_by_jumps_alone(clocks: Clocks, tmp_path: Path) -> None:
    kept = MarketTime(tmp_path / "time", lambda: clocks.market_ms, 0)
    clocks.pass_(10, 5_000)
    assert kept.look()
    clocks.pass_(60_000, 0)
    assert not kept.look()
    assert kept._told.at(clocks.ns) == UNIX_NS + 5_000_000_000


def test_the_page_follows_until_it_is_told_to_stop(clocks: Clocks, tmp_path: Path) -> None:
    page = tmp_path / "time"
    kept = MarketTime(page, lambda: clocks.market_ms, 1)

    async def story() -> None:
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            following = tasks.create_task(kept.follow())
            clocks.pass_(10, 7_000)
            while clocks.told(page) == UNIX_NS:  # noqa: ASYNC110 - a page has no event
                await asyncio.sleep(0.005)
            following.cancel()

    asyncio.run(story())
    assert clocks.told(page) == UNIX_NS + 7_000_000_000


def test_local_time_is_koreas_unless_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "time"
    assert variables(page, {"TZ": "UTC"}) == {"KIWOOM_SIM_TIME": str(page), "TZ": "UTC"}
    monkeypatch.setattr(market_time, "_SEOUL_FILE", tmp_path)
    assert variables(page, {})["TZ"] == "Asia/Seoul"
    monkeypatch.setattr(market_time, "_SEOUL_FILE", page)
    assert variables(page, {"TZ": ""})["TZ"] == "KST-9"
