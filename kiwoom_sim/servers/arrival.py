"""Do with a connection that has not said anything yet what a plan says.

Not for: requests (`rest.py`) and WebSocket handshakes (`ws.py`), which were read.
"""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from kiwoom_sim.faults.effects import Plan
from kiwoom_sim.faults.transmission import Shut
from kiwoom_sim.servers.transmit import Wait, transmit
from kiwoom_sim.servers.wire import Wire

StartShut = Callable[[Shut], object]
"""Begins to stop a door from listening; returns at once."""


async def meet(plan: Plan, wire: Wire, wait: Wait, shut: StartShut) -> bool:
    """Perform a plan about a new connection; say whether it may go on.

    Args:
        plan: What to do.
        wire: The bytes of the connection.
        wait: Waits for wire time.
        shut: Shuts the door that the connection came to.
    """
    if plan.delay_ms:
        await wire.patience.spend(wait(plan.delay_ms))
    if plan.shut is not None:
        shut(plan.shut)
    how = plan.transmit
    if how is not None:
        how = structs.replace(how, silent=True)  # nothing was asked that could be answered
        await transmit(None, how, wire, _send_nothing, wait)
    elif plan.close is not None:
        wire.abort()
    return how is None and not plan.is_lost


async def _send_nothing(_: dict[str, Any]) -> None:
    raise AssertionError("there is no request to answer")
