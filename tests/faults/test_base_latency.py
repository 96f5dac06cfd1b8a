import pytest

from kiwoom_sim.faults.base_latency import BaseLatency
from kiwoom_sim.faults.distributions import Distribution

SPREAD = Distribution(range_ms=(0, 1_000))
TABLE = {
    "rest.*": Distribution(delay_ms=1),
    "rest.ka1*": Distribution(delay_ms=2),
    "rest.chart": Distribution(delay_ms=3),
    "rest.ka10081": Distribution(delay_ms=4),
    "ws.0B": Distribution(delay_ms=5),
}


@pytest.mark.parametrize(
    ("names", "waited_ms"),
    [
        (("ka10081", "chart"), 4),
        (("ka10080", "chart"), 3),
        (("ka10001", "stkinfo"), 2),
        (("kt00001", "acnt"), 1),
        (("", ""), 1),
    ],
)
def test_the_most_exact_pattern_counts(names: tuple[str, str], waited_ms: int) -> None:
    assert BaseLatency(TABLE, 1).draw_ms("rest", "key#1", names) == waited_ms


def test_doors_are_apart() -> None:
    latency = BaseLatency(TABLE, 1)
    assert latency.draw_ms("ws", "key#1", ("0B", "REAL")) == 5
    assert latency.draw_ms("ws", "key#1", ("REG",)) == 0
    assert latency.watches("rest")
    assert latency.watches("ws")
    assert not BaseLatency({}, 1).watches("rest")


def test_a_client_draws_the_same_whoever_else_asks() -> None:
    def waits(latency: BaseLatency, client: str) -> int:
        return latency.draw_ms("rest", client, ("ka10001",))

    alone, crowded = BaseLatency({"rest.*": SPREAD}, 7), BaseLatency({"rest.*": SPREAD}, 7)
    mine = [waits(alone, "key#1") for _ in range(20)]
    theirs = [(waits(crowded, "key#2"), waits(crowded, "key#1")) for _ in range(20)]
    assert [second for _, second in theirs] == mine
    assert [first for first, _ in theirs] != mine
    assert len(set(mine)) > 10


def test_other_waits_hold_from_their_wire_time_on() -> None:
    def waits(latency: BaseLatency, *times: int) -> list[int]:
        return [latency.draw_ms("ws", "key#1", ("0B", "REAL"), ms) for ms in times]

    def table(delay_ms: int) -> dict[str, Distribution]:
        return {"ws.*": Distribution(delay_ms=delay_ms)}

    latency = BaseLatency(table(1), 1)
    latency.plan([])
    assert waits(latency, 0, 9_000) == [1, 1]
    latency.plan([(0, table(2)), (1_000, table(3)), (5_000, table(4))])
    assert waits(latency, 0, 999, 1_000, 4_999, 5_000) == [2, 2, 3, 3, 4]
    latency.plan([(3_000, table(5))])  # the phase in force ended early
    assert waits(latency, 2_999, 3_000, 9_000, 0) == [3, 5, 5, 2]


def test_a_second_pattern_moves_no_draw_of_the_first() -> None:
    one = BaseLatency({"rest.ka10001": SPREAD}, 7)
    both = BaseLatency({"rest.*": SPREAD, "rest.ka10001": SPREAD}, 7)
    both.draw_ms("rest", "key#1", ("ka10002",))
    draws = [each.draw_ms("rest", "key#1", ("ka10001",)) for each in (one, both)]
    assert draws[0] == draws[1]
