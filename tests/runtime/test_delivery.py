"""Check what becomes of frames on their way, fault by fault, against a run without any."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiwoom_sim.faults.base_latency import BaseLatency
from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.burst import Burst
from kiwoom_sim.faults.kinds.delay import Delay
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.duplicate_frame import DuplicateFrame
from kiwoom_sim.faults.kinds.gap import Gap
from kiwoom_sim.faults.kinds.garbage import Garbage
from kiwoom_sim.faults.kinds.half_open import HalfOpen
from kiwoom_sim.faults.kinds.kick import Kick
from kiwoom_sim.faults.kinds.listener_down import ListenerDown
from kiwoom_sim.faults.kinds.malformed_frame import MalformedFrame
from kiwoom_sim.faults.kinds.no_answer import NoAnswer
from kiwoom_sim.faults.kinds.reorder import Reorder
from kiwoom_sim.faults.kinds.reset import Reset
from kiwoom_sim.faults.kinds.stale_frame import StaleFrame
from kiwoom_sim.faults.kinds.throttle import Throttle
from kiwoom_sim.faults.kinds.truncated_frame import TruncatedFrame
from kiwoom_sim.faults.match import WsMatch
from kiwoom_sim.faults.rules import WsRule
from kiwoom_sim.faults.when import When, Window
from kiwoom_sim.observe.journal import FrameEntry
from kiwoom_sim.runtime.outbox import Outgoing
from tests.runtime.test_sockets import Line, record

END_MS = 5_000
WINDOW = Window(1_000, 2_000)


class Counted(Line):
    """Send frames that differ: their number is their value; connection 3 speaks of another item."""

    def __init__(self, *rules: WsRule) -> None:
        super().__init__(*rules)
        self.entries: list[FrameEntry] = []
        self.sockets._delivery._journal.frame = self.entries.append  # type: ignore[method-assign] # listens in
        for connection in (1, 2, 3):
            self.login(connection)
        self.sockets.take()
        self.entries.clear()

    def ticks(self, until_ms: int) -> list[Outgoing]:
        made = super().ticks(until_ms)
        return [
            msgspec.structs.replace(item, to=to, frame=push(item.ms // 100, code))
            for item in made
            for to, code in (((1, 2), "005930"), ((3,), "000660"))
        ]


def push(value: int, code: str) -> bytes:
    values = {"10": str(value), "20": f"{value:06d}"}
    row = {"type": "0B", "name": "주식체결", "item": code, "values": values}
    return msgspec.json.encode({"trnm": "REAL", "data": [row]})


def rule(*do: FaultKind, name: str = "r", **match: Any) -> WsRule:
    match = {"connection": (1,), **match}
    return WsRule(id=name, do=do, match=WsMatch(**match), when=When(between=WINDOW))


def run(*rules: WsRule, times: tuple[int, ...] = ()) -> tuple[Counted, dict[int, list[Outgoing]]]:
    line = Counted(*rules)
    for ms in (*times, END_MS):
        line.sockets.pump(ms)
    heard: dict[int, list[Outgoing]] = {1: [], 2: [], 3: []}
    for item in line.sockets.take():
        for connection in item.to:
            heard[connection].append(item)
    return line, heard


def sent(items: list[Outgoing]) -> list[tuple[int, bytes, int]]:
    return [(item.ms, item.frame, item.close) for item in items]


def values(items: list[Outgoing]) -> list[int]:
    """Return the numbers of the pushes, in the order in which they were sent."""
    rows = [msgspec.json.decode(item.frame) for item in items if b"REAL" in item.frame]
    return [int(row["data"][0]["values"]["10"]) for row in rows]


TRUTH = run()[1]
PUSHES = values(TRUTH[1])
INSIDE = range(10, 20)

KINDS: list[tuple[FaultKind, ...]] = [
    (Gap(),),
    (DuplicateFrame(copies=2, delay_ms=130),),
    (Delay(delay_ms=250, jitter_ms=90),),
    (Delay(delay_ms=250, jitter_ms=90, keep_order=False),),
    (Reorder(frames=2, within_ms=350),),
    (Burst(every_ms=700),),
    (Throttle(per_second=3),),
    (StaleFrame(),),
    (MalformedFrame(),),
    (TruncatedFrame(),),
    (Disconnect(code=1011),),
    (Disconnect(code=1011, at="after"),),
    (Kick(),),
    (Reset(),),
    (Reset(at="during"),),
    (Reset(at="after"),),
    (NoAnswer(at="after"),),
    (HalfOpen(at="during", for_ms=9),),
    (Garbage(),),
    (ListenerDown(for_ms=50),),
    (ListenerDown(for_ms=50, cut=False),),
    (Delay(delay_ms=250), Reset(at="during")),
    (Delay(delay_ms=250), DuplicateFrame(), MalformedFrame(form="list")),
]


def named(do: tuple[FaultKind, ...]) -> str:
    return "+".join(str(kind.__struct_config__.tag) for kind in do)


@pytest.mark.parametrize("do", KINDS, ids=named)
def test_a_rule_changes_nothing_for_others_and_nothing_before_and_after(
    do: tuple[FaultKind, ...],
) -> None:
    line, heard = run(rule(*do))
    assert sent(heard[2]) == sent(TRUTH[2])
    assert sent(heard[3]) == sent(TRUTH[3])
    assert line.metrics.faults.total() > 0
    early = [item for item in TRUTH[1] if item.ms < 1_000]
    assert sent(heard[1])[: len(early)] == sent(early)
    if not heard[1][-1].is_last:
        late = [item for item in TRUTH[1] if item.ms > 3_000]
        assert sent(heard[1])[-len(late) :] == sent(late)


@pytest.mark.parametrize("do", KINDS, ids=named)
def test_every_injection_is_in_the_journal_and_every_loss_is_written_down(
    do: tuple[FaultKind, ...],
) -> None:
    line, heard = run(rule(*do))
    ids = {fault for entry in line.entries for fault in entry.faults}
    assert len(ids) == line.metrics.faults.total()
    dropped = [entry for entry in line.entries if entry.dropped]
    assert all(entry.faults for entry in dropped)
    if not heard[1][-1].is_last:
        missed = Counter(item.frame for item in TRUTH[1]) - Counter(e.body for e in dropped)
        replaced = [item for item in heard[1] if item.cause == "tick"]
        pings = [item for item in heard[1] if item.cause == "ping"]
        assert missed.total() == len(replaced) + len(pings)
    assert line.metrics.frames_dropped == len(dropped)


@pytest.mark.parametrize("do", KINDS, ids=named)
@settings(max_examples=8)
@given(stops=st.lists(st.integers(0, END_MS), max_size=6))
def test_pumping_in_parts_equals_pumping_at_once(
    do: tuple[FaultKind, ...], stops: list[int]
) -> None:
    whole, parts = run(rule(*do)), run(rule(*do), times=tuple(sorted(stops)))
    assert {c: sent(items) for c, items in whole[1].items()} == {
        c: sent(items) for c, items in parts[1].items()
    }
    assert whole[0].entries == parts[0].entries


def test_frames_are_shared_again_when_the_window_has_passed() -> None:
    line, heard = run(rule(Gap()))
    shared = [item.ms for item in heard[2] if item.to == (1, 2)]
    assert shared == [ms for ms in range(100, END_MS + 1, 100) if not 1_000 <= ms < 2_000]
    judged: list[object] = []
    line.sockets._delivery.judge = judged.append  # type: ignore[method-assign, assignment] # listens in
    line.sockets.pump(END_MS + 1_000)
    assert judged == []


def test_a_gap_is_a_gap() -> None:
    line, heard = run(rule(Gap()))
    assert values(heard[1]) == [value for value in PUSHES if value not in INSIDE]
    dropped = [entry for entry in line.entries if entry.dropped]
    assert [(entry.ms, entry.to, entry.cause) for entry in dropped] == [
        (value * 100, (1,), "tick") for value in INSIDE
    ]
    assert line.metrics.faults == {("r", "gap"): len(INSIDE)}


def test_pings_that_are_left_out_are_not_held_against_the_client() -> None:
    silent = WsRule(id="r", do=(Gap(),), match=WsMatch(api=("*",), connection=(1,)))
    line = Counted(silent)
    line.sockets.pump(60_000)
    heard = [item for item in line.sockets.take() if 1 in item.to]
    assert heard == []
    assert line.board.session(1) is not None
    assert line.board.session(2) is None, "it was asked and never answered"


def test_copies_follow_their_frame() -> None:
    _, heard = run(rule(DuplicateFrame(copies=1)))
    assert values(heard[1]) == [value for value in PUSHES for _ in range(1 + (value in INSIDE))]
    _, spread = run(rule(DuplicateFrame(copies=1, delay_ms=150)))
    assert values(spread[1])[9:14] == [10, 11, 10, 12, 11]


def test_late_frames_keep_their_order_unless_told_otherwise() -> None:
    _, heard = run(rule(Delay(delay_ms=100, jitter_ms=300)))
    assert values(heard[1]) == PUSHES
    assert [item.ms for item in heard[1]] == sorted(item.ms for item in heard[1])
    _, loose = run(rule(Delay(delay_ms=100, jitter_ms=300, keep_order=False)))
    assert values(loose[1]) != PUSHES
    assert sorted(values(loose[1])) == PUSHES


def test_a_frame_is_passed_by_as_many_as_were_told() -> None:
    once = msgspec.structs.replace(
        rule(Reorder(frames=3, within_ms=5_000)), when=When(between=WINDOW, first=1)
    )
    _, heard = run(once)
    others = [value for value in values(heard[1]) if value != 10]
    assert others == [value for value in PUSHES if value != 10]
    place = [item.frame for item in heard[1]].index(push(10, "005930"))
    assert place == [item.frame for item in TRUTH[1]].index(push(10, "005930")) + 3


def test_a_frame_that_nobody_passes_goes_when_its_time_is_up() -> None:
    once = msgspec.structs.replace(
        rule(Reorder(frames=90, within_ms=350)), when=When(between=WINDOW, first=1)
    )
    _, heard = run(once)
    assert values(heard[1])[9:14] == [11, 12, 13, 10, 14]


def test_what_was_held_is_released_at_once() -> None:
    _, heard = run(rule(Burst(every_ms=1_500)))
    assert values(heard[1]) == PUSHES
    times = Counter(item.ms for item in heard[1] if b"REAL" in item.frame)
    assert (times[1_500], times[3_000]) == (6, 15)


def test_a_throttled_item_has_its_newest_value_once_a_turn() -> None:
    line, heard = run(rule(Throttle(per_second=2)))
    assert values(heard[1]) == [*range(1, 10), 14, 19, *range(20, 51)]
    assert sum(entry.dropped for entry in line.entries) == 8


def test_an_old_value_is_repeated_frame_for_frame() -> None:
    _, heard = run(rule(StaleFrame()))
    assert values(heard[1]) == [min(v, 10) if v in INSIDE else v for v in PUSHES]


def test_what_waits_for_a_client_that_leaves_is_lost_and_written_down() -> None:
    line = Counted(rule(Delay(delay_ms=900)))
    line.sockets.pump(1_200)
    line.sockets.close(record("close", 1, 1_250))
    assert [entry.ms for entry in line.entries if entry.dropped] == [1_900, 2_000, 2_100]


@pytest.mark.parametrize("do", KINDS, ids=named)
def test_nothing_is_left_of_connections_that_are_gone(do: tuple[FaultKind, ...]) -> None:
    line = Counted(WsRule(id="r", do=do))
    line.sockets.pump(2_050)
    for connection in (1, 2, 3):
        line.sockets.close(record("close", connection, 2_050))
    line.sockets.pump(9_000)
    delivery = line.sockets._delivery
    assert (delivery._outbox.is_empty, delivery.paths, bool(delivery.mutes)) == (True, {}, False)
    (state,) = delivery._faults._rules
    assert all(not memory.texts for memory in state._memories)
    assert line.board.connections() == ()


def late(
    table: dict[str, Distribution], *connections: int, times: tuple[int, ...] = ()
) -> dict[int, list[Outgoing]]:
    """Return what connections hear where frames have everyday waits."""
    line = Counted()
    line.sockets.use(BaseLatency(table, seed=1))
    for connection in {1, 2, 3} - set(connections):
        line.sockets.close(record("close", connection, 0))
    for ms in (*times, END_MS):
        line.sockets.pump(ms)
    heard: dict[int, list[Outgoing]] = {1: [], 2: [], 3: []}
    items = line.sockets.take()
    for item in items:
        for connection in item.to:
            heard[connection].append(item)
    written = [entry.latency_ms for entry in line.entries if not entry.dropped]
    assert written == [item.latency_ms for item in items]
    return heard


def test_only_the_frames_that_a_pattern_names_wait() -> None:
    heard = late({"ws.PING": Distribution(delay_ms=40)}, 1, 2, 3)
    behind = [item for item in heard[1] if b"REAL" in item.frame and item.to != (1, 2)]
    assert {item.ms % 1_000 for item in behind} == {40}  # they wait for the PING before them
    assert len(behind) < len(heard[1]) / 5
    pings = [item.ms for item in heard[1] if b"PING" in item.frame]
    assert [ms % 1_000 for ms in pings] == [40] * len(pings)
    assert pings


def test_everyday_waits_keep_the_order_and_lose_nothing() -> None:
    heard = late({"ws.*": Distribution(range_ms=(0, 400))}, 1, 2, 3)
    mine = values(heard[1])
    assert mine == PUSHES[: len(mine)]
    assert len(mine) > len(PUSHES) - 6  # those are on their way at the end
    waited = [item.ms - 100 * value for item, value in zip(pushes_of(heard[1]), mine, strict=True)]
    assert min(waited) >= 0
    assert len(set(waited)) > 10
    assert waited != [
        item.ms - 100 * value for item, value in zip(pushes_of(heard[2]), mine, strict=False)
    ]


def pushes_of(items: list[Outgoing]) -> list[Outgoing]:
    return [item for item in items if b"REAL" in item.frame]


def test_a_second_client_moves_no_frame_of_the_first() -> None:
    table = {"ws.*": Distribution(range_ms=(0, 400))}
    together, alone = late(table, 1, 2, 3), late(table, 1, times=(130, 1_777))
    assert sent(together[1]) == sent(alone[1])
