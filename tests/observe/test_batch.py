"""Check that draining takes everything once, in order."""

from collections import deque

from kiwoom_sim.observe.batch import drain


def test_drain_takes_everything_in_order() -> None:
    queue = deque([1, 2, 3])
    assert drain(queue) == [1, 2, 3]
    assert drain(queue) == []
