import pytest

from kiwoom_sim.core.clock import moment
from kiwoom_sim.engine.commands import HaltSymbol, PinPrice, ResumeSymbol, SplitShares
from kiwoom_sim.scenario.events import At, Event, timeline_of
from kiwoom_sim.scenario.symbol_events import Halt, Price, Resume, Split

START_MS = moment(20_000, 34_200_000)


@pytest.mark.parametrize(
    ("at", "of", "ms"),
    [
        (At("run", 5_000), "wire", 5_000),
        (At("start", 5_000), "elapsed", 5_000),
        (At("moment", 77), "market", 77),
        (At("day", 34_200_000), "market", START_MS),
        (At("day", 34_201_000), "market", START_MS + 1_000),
        (At("day", 34_199_000), "market", START_MS - 1_000 + 86_400_000),
    ],
)
def test_times_become_due_times(at: At, of: str, ms: int) -> None:
    (due,) = timeline_of((Event(at=at, do=Halt(code="005930")),), START_MS)
    assert (due.of, due.ms) == (of, ms)


def test_events_become_commands_and_keep_their_order_and_names() -> None:
    at = At("run", 0)
    events = (
        Event(at=at, do=Halt(code="005930"), id="stop"),
        Event(at=at, do=Resume(code="005930")),
        Event(at=at, do=Price(code="000660", price=70_000, for_market_ms=5)),
        Event(at=at, do=Split(code="035420", ratio=(5, 1))),
    )
    due = timeline_of(events, START_MS)
    assert [event.name for event in due] == ["stop", "event[1]", "event[2]", "event[3]"]
    assert [event.command for event in due] == [
        HaltSymbol(symbol="005930"),
        ResumeSymbol(symbol="005930"),
        PinPrice(symbol="000660", price_won=70_000, for_ms=5),
        SplitShares(symbol="035420", new_shares=5, old_shares=1),
    ]
