"""Check what is done with connections that have not said anything yet."""

import asyncio
from typing import Any

import pytest

from kiwoom_sim.faults.effects import Close, Delay, Effect, Injection, Plan
from kiwoom_sim.faults.transmission import Shut, Transmit
from kiwoom_sim.servers.arrival import meet
from kiwoom_sim.servers.wire import Wire
from tests.servers.test_transmit import Line


def done(*effects: Effect) -> tuple[bool, list[Any], list[Shut]]:
    """Return whether a connection may go on, what was done to it, and how the door was shut."""
    line, shut = Line(), list[Shut]()
    injections = tuple(Injection(fault_id="f1", rule="r", kind="k", effect=e) for e in effects)

    async def wait(by_ms: int) -> None:
        line.done.append(by_ms)

    async def story() -> bool:
        wire = Wire(line)  # type: ignore[arg-type] # as much of it as is used
        return await meet(Plan(injections=injections), wire, wait, shut.append)

    return asyncio.run(story()), line.done, shut


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ((), (True, [], [])),
        ((Delay(5),), (True, [5], [])),
        ((Delay(5), Close()), (False, [5, "abort"], [])),
        ((Transmit(end="reset"),), (False, ["abort"], [])),
        ((Transmit(garbage=b"x", end="close"),), (False, [b"x", "close"], [])),
        ((Shut(for_ms=9),), (False, [], [Shut(for_ms=9)])),
        ((Shut(for_ms=9, cut=False),), (True, [], [Shut(for_ms=9, cut=False)])),
    ],
)
def test_a_plan_is_done_before_anything_is_read(
    effects: tuple[Effect, ...], expected: object
) -> None:
    assert done(*effects) == expected
