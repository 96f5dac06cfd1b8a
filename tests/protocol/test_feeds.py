import json
from typing import Any

from kiwoom_sim.core.clock import MS_PER_DAY
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.feeds import Stretch, plan
from kiwoom_sim.protocol.index_values import IndexLine
from kiwoom_sim.protocol.projection import render_values
from tests.protocol.still_market import StillMarket, at

SAMSUNG = "005930"


def planned(market: StillMarket, item: str, *kinds: str, stretch: Stretch) -> list[tuple[int, str]]:
    whole: Any = market
    return [(entry.due_ms, entry.kind) for entry in plan(whole, item, kinds, stretch)]


def test_entries_are_in_order_of_time_then_type() -> None:
    times = [at(9, 0, 5), at(9, 0, 6)]
    market = StillMarket({SAMSUNG: times}, {SAMSUNG: times})
    found = planned(market, SAMSUNG, "0D", "0B", stretch=Stretch(at(9), at(9, 1)))
    assert found == [(times[0], "0B"), (times[0], "0D"), (times[1], "0B"), (times[1], "0D")]


def test_unknown_items_stay_silent() -> None:
    market = StillMarket({"999999": [at(9)]}, {"999999": [at(9)]})
    for item in ("999999", "", "nonsense", "005930_XX", "005930_NX_NX"):
        stretch = Stretch(at(9), at(10))
        assert planned(market, item, "0A", "0B", "0C", "0D", "0J", "0U", stretch=stretch) == []


def test_the_alternative_venue_is_silent_where_it_does_not_trade() -> None:
    fund = "069500"
    market = StillMarket({fund: [at(10)], SAMSUNG: [at(10)]}, {})
    stretch = Stretch(at(10), at(10, 1))
    assert planned(market, f"{fund}_NX", "0B", stretch=stretch) == []
    assert planned(market, f"{SAMSUNG}_NX", "0B", stretch=stretch) == [(at(10), "0B")]
    assert planned(market, f"{fund}_AL", "0B", stretch=stretch) == [(at(10), "0B")]


def test_closed_days_are_silent() -> None:
    saturday = Stretch(at(9) + MS_PER_DAY, at(10) + MS_PER_DAY)
    market = StillMarket({SAMSUNG: [at(9) + MS_PER_DAY]}, {})
    assert planned(market, SAMSUNG, "0B", stretch=saturday) == []
    assert planned(market, "", "0s", stretch=saturday) == []


def test_indices_speak_when_they_changed_and_at_the_close() -> None:
    market = StillMarket({}, {})
    ticks = [at(10, 0, second, 999) for second in (3, 4, 7)]
    market.indices.levels = dict(zip(ticks, (271_000, 271_000, 270_500), strict=True))
    stretch = Stretch(at(10), at(10, 1))
    assert planned(market, "001", "0U", "0J", stretch=stretch) == [
        (ticks[0], "0J"), (ticks[0], "0U"), (ticks[2], "0J"), (ticks[2], "0U"),
    ]  # fmt: skip


def test_the_closing_value_of_an_index_is_marked() -> None:
    market = StillMarket({}, {})
    whole: Any = market
    stretch = Stretch(at(15, 30), at(15, 31))
    (closing,) = plan(whole, "001", ("0J",), stretch)
    assert closing.due_ms == at(15, 30, 30)
    assert closing.make() is None
    market.indices.levels = {at(15, 30, 28, 999): 271_000}
    _, closing = plan(whole, "001", ("0J",), stretch)
    said = closing.make()
    assert isinstance(said, IndexLine)
    spec = loader.realtime("0J")
    assert spec is not None
    assert json.loads(render_values(spec, "as-real", said))["20"] == "888888"


def test_a_change_on_the_border_is_said_once() -> None:
    market = StillMarket({}, {})
    market.indices.levels = {at(10, 0, 59, 999): 271_000, at(10, 1, 0, 999): 271_000}
    assert planned(market, "001", "0J", stretch=Stretch(at(10, 1), at(10, 2))) == []
    before = planned(market, "001", "0J", stretch=Stretch(at(10), at(10, 1)))
    assert before == [(at(10, 0, 59, 999), "0J")]


def test_phases_are_said_for_any_item() -> None:
    market = StillMarket({}, {})
    for item in ("", "005930"):
        found = planned(market, item, "0s", stretch=Stretch(at(9), at(9, 1)))
        assert (at(9), "0s") in found


def test_a_stretch_holds_its_start_but_not_its_end() -> None:
    assert 5 in Stretch(5, 6)
    assert 6 not in Stretch(5, 6)
