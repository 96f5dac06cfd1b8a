import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.core.clock import format_time, time_of_day
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.store import NotReady
from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.realtime import Frame, Realtime, real_frame
from kiwoom_sim.protocol.registry import Registry
from tests.protocol.still_market import DAY, StillMarket, at

SAMSUNG, HYNIX = "005930", "000660"
TIMES = [at(9, 0, second, 7 * second) for second in range(0, 60, 3)] + [at(9, 1, 10), at(9, 3)]


def stage() -> tuple[Realtime, Registry, StillMarket]:
    market = StillMarket({SAMSUNG: TIMES, HYNIX: TIMES[::2]}, {SAMSUNG: TIMES[1::2]})
    registry = Registry()
    whole: Any = market
    return Realtime(whole, registry, "as-real"), registry, market


def heads(frames: list[Frame]) -> list[tuple[int, str, str]]:
    return [(frame.due_ms, frame.kind, frame.item) for frame in frames]


def test_a_frame_is_one_row_of_texts() -> None:
    realtime, registry, _ = stage()
    registry.add(4, "1", [("0B", SAMSUNG)])
    registry.add(2, "1", [("0B", SAMSUNG)])
    (frame,) = realtime.frames(at(9, 2), at(9, 3))
    message = json.loads(frame.body)
    assert list(message) == ["trnm", "data"]
    assert message["trnm"] == "REAL"
    (row,) = message["data"]
    assert list(row) == ["type", "name", "item", "values"]
    assert (row["type"], row["name"], row["item"]) == ("0B", "주식체결", SAMSUNG)
    assert all(isinstance(value, str) for value in row["values"].values())
    assert row["values"]["20"] == "090300"
    spec = loader.realtime("0B")
    assert spec is not None
    assert list(row["values"]) == list(spec.values)
    assert frame.listeners == (4, 2)


def test_frames_are_in_order_of_time_type_item() -> None:
    realtime, registry, _ = stage()
    registry.add(1, "1", [("0D", SAMSUNG), ("0B", SAMSUNG), ("0B", HYNIX), ("0s", "")])
    frames = realtime.frames(at(8, 59, 59), at(9, 1))
    order = ["0A", "0B", "0C", "0D", "0J", "0U", "0s"]
    keys = [(due, order.index(kind), item) for due, kind, item in heads(frames)]
    assert keys == sorted(keys)
    assert {kind for _, kind, _ in heads(frames)} == {"0B", "0D", "0s"}


@given(st.lists(st.integers(0, 240_000), max_size=12))
def test_pieces_of_time_make_the_same_frames_as_the_whole(cuts: list[int]) -> None:
    pairs = [(kind, SAMSUNG) for kind in ("0A", "0B", "0C", "0D")] + [("0B", HYNIX), ("0J", "001")]
    start, end = at(8, 59, 59), at(9, 4)
    whole, registry, _ = stage()
    registry.add(1, "1", pairs)
    pieces, other, _ = stage()
    other.add(1, "1", pairs)
    edges = [start, *sorted(start + cut for cut in cuts if start + cut < end), end]
    made = [frame for after, until in pairwise(edges) for frame in pieces.frames(after, until)]
    assert made == whole.frames(start, end)


def test_what_others_hear_changes_no_byte() -> None:
    alone, registry, _ = stage()
    registry.add(1, "1", [("0B", SAMSUNG)])
    crowd, other, _ = stage()
    other.add(1, "1", [("0B", SAMSUNG)])
    other.add(2, "1", [("0D", SAMSUNG), ("0B", HYNIX), ("0B", f"{SAMSUNG}_AL")])
    mine = [frame for frame in crowd.frames(at(9), at(9, 2)) if frame.listeners == (1,)]
    assert mine == alone.frames(at(9), at(9, 2))


def test_a_suffix_is_repeated() -> None:
    realtime, registry, _ = stage()
    registry.add(1, "1", [("0B", f"{SAMSUNG}_AL")])
    frame = realtime.frames(at(9), at(9, 1))[0]
    assert json.loads(frame.body)["data"][0]["item"] == f"{SAMSUNG}_AL"


def test_registering_in_the_middle_is_heard_at_once_and_removing_is_silent_at_once() -> None:
    realtime, registry, _ = stage()
    registry.add(1, "1", [("0B", SAMSUNG)])
    realtime.frames(at(9), at(9, 0, 30))
    registry.add(2, "1", [("0B", HYNIX)])
    registry.remove(1, "1", [("0B", SAMSUNG)])
    frames = realtime.frames(at(9, 0, 30), at(9, 1, 30))
    assert frames
    assert {(frame.item, frame.listeners) for frame in frames} == {(HYNIX, (2,))}
    registry.add(1, "1", [("0B", SAMSUNG)])
    assert {frame.item for frame in realtime.frames(at(9, 1, 30), at(9, 3))} == {SAMSUNG}


def test_nobody_listening_makes_nothing() -> None:
    realtime, _, market = stage()
    assert realtime.frames(at(9), at(10)) == []
    assert realtime.next_ms(at(9)) is None
    assert market.asked == []


def test_the_next_time_is_the_next_event_or_the_next_stretch() -> None:
    realtime, registry, _ = stage()
    registry.add(1, "1", [("0B", SAMSUNG)])
    assert realtime.next_ms(at(9, 0, 58)) == at(9, 1)
    assert realtime.next_ms(at(9, 1)) == at(9, 1, 10)
    assert realtime.next_ms(at(9, 1, 10)) == at(9, 2)
    seen, now = [], at(9)
    while (following := realtime.next_ms(now)) is not None and following < at(9, 4):
        seen += heads(realtime.frames(now, following))
        now = following
    again, registry, _ = stage()
    registry.add(1, "1", [("0B", SAMSUNG)])
    assert seen == heads(again.frames(at(9), at(9, 4)))


def test_the_next_stretch_is_planned_bit_by_bit() -> None:
    realtime, registry, market = stage()
    registry.add(1, "1", [("0B", SAMSUNG), ("0B", HYNIX)])
    realtime.frames(at(9), at(9, 0, 1))
    market.asked.clear()
    for second in range(2, 60):
        realtime.frames(at(9, 0, second - 1), at(9, 0, second))
    first = len(market.asked)
    assert first > 0
    realtime.frames(at(9, 0, 59), at(9, 0, 59, 999))
    market.asked.clear()
    realtime.frames(at(9, 0, 59, 999), at(9, 1))
    assert market.asked == []


def test_forgetting_plans_asks_the_market_again() -> None:
    realtime, registry, market = stage()
    registry.add(1, "1", [("0B", SAMSUNG)])
    realtime.frames(at(9), at(9, 1, 5))
    market.trade_times[SAMSUNG] = [at(9, 1, 20)]
    realtime.forget()
    assert heads(realtime.frames(at(9, 1, 5), at(9, 1, 59))) == [(at(9, 1, 20), "0B", SAMSUNG)]


def test_a_cold_market_is_asked_again_without_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [("0B", SAMSUNG), ("0B", HYNIX)]
    realtime, registry, market = stage()
    registry.add(1, "1", pairs)
    market.cold = {SAMSUNG, HYNIX}
    with pytest.raises(NotReady) as missing:
        realtime.frames(at(9), at(9, 1))
    assert missing.value.key == (HYNIX, SAMSUNG)
    missing.value.build()
    warm, refused = market.trades, [SAMSUNG]

    def trades(code: str, *rest: Any) -> Any:
        if refused and code == SAMSUNG:
            raise NotReady(code, refused.clear)
        return warm(code, *rest)

    monkeypatch.setattr(market, "trades", trades)
    with pytest.raises(NotReady) as missing:
        realtime.frames(at(9), at(9, 1))
    missing.value.build()
    expected, other, _ = stage()
    other.add(1, "1", pairs)
    assert realtime.frames(at(9), at(9, 1)) == expected.frames(at(9), at(9, 1))


def test_a_cooperative_market_is_planned_for_in_small_steps() -> None:
    pairs = [("0B", SAMSUNG), *(("0B", f"X{number}") for number in range(90))]
    realtime, registry, market = stage()
    registry.add(1, "1", pairs)
    market.store.cooperative = True
    steps = 0
    while True:
        try:
            frames = realtime.frames(at(9), at(9, 0, 30))
        except NotReady as more:
            more.build()
            steps += 1
        else:
            break
    assert steps == 4
    assert len(frames) == len([time for time in TIMES if at(9) < time <= at(9, 0, 30)])


def test_what_to_generate_is_known_ahead() -> None:
    realtime, registry, market = stage()
    assert realtime.ahead(at(9)) is None
    registry.add(1, "1", [("0B", SAMSUNG), ("0D", f"{HYNIX}_AL"), ("0J", "001"), ("0B", "x")])
    market.cold = {SAMSUNG, HYNIX}
    missing = realtime.ahead(at(9))
    assert missing is not None
    missing.build()
    assert realtime.ahead(at(9)) is None
    market.asked.clear()
    assert realtime.ahead(at(9, 0, 30)) is None
    assert market.asked == []
    registry.add(1, "1", [("0C", SAMSUNG)])
    assert realtime.ahead(at(9, 0, 30)) is None
    assert market.asked


def test_a_cold_index_is_known_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    realtime, registry, market = stage()
    registry.add(1, "1", [("0U", "001")])
    cold = NotReady("block", lambda: None)

    def ticks(*_: Any) -> Any:
        raise cold

    monkeypatch.setattr(market.indices, "ticks", ticks)
    assert realtime.ahead(at(9)) is cold


def test_items_are_escaped() -> None:
    spec = loader.realtime("0s")
    assert spec is not None
    assert json.loads(real_frame(spec, 'a"\\', "{}"))["data"][0]["item"] == 'a"\\'


def test_frames_tell_the_trades_and_books_of_a_real_market() -> None:
    market = Market(MarketConfig(symbols=(SAMSUNG, HYNIX)), seed=3, start_day=DAY)
    registry = Registry()
    registry.add(1, "1", [(kind, code) for kind in ("0B", "0C", "0D") for code in (SAMSUNG, HYNIX)])
    start, end = at(9, 59, 30), at(10, 0, 30)
    frames = Realtime(market, registry, "as-real").frames(start, end)
    for code in (SAMSUNG, HYNIX):
        said = {
            kind: [
                (frame.due_ms, json.loads(frame.body)["data"][0]["values"])
                for frame in frames
                if (frame.kind, frame.item) == (kind, code)
            ]
            for kind in ("0B", "0C", "0D")
        }
        trades = market.trades(code, start, end)
        assert [due for due, _ in said["0B"]] == trades.time.tolist()
        assert [abs(int(row["10"])) for _, row in said["0B"]] == trades.price.tolist()
        assert [abs(int(row["15"])) for _, row in said["0B"]] == trades.quantity.tolist()
        assert [int(row["13"]) for _, row in said["0B"]] == trades.volume.tolist()
        assert [due for due, _ in said["0D"]] == market.book_changes(code, start, end)
        best = [(abs(int(row["41"])), abs(int(row["51"]))) for _, row in said["0D"]]
        assert all(bid < ask for ask, bid in best)
        changed = [pair for before, pair in pairwise(best) if pair != before]
        quoted = [(abs(int(row["27"])), abs(int(row["28"]))) for _, row in said["0C"]]
        assert quoted[-len(changed) :] == changed if changed else len(quoted) <= 1
        quote = market.quote(code, end)
        last = said["0B"][-1][1]
        assert last["1891"] == format_time(time_of_day(quote.high_time_ms or 0))
        assert last["1892"] == format_time(time_of_day(quote.low_time_ms or 0))
