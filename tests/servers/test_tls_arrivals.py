"""Check the guard of the TLS door: the wire tests show what clients see of it."""

import asyncio
import socket

from kiwoom_sim.faults.effects import NO_FAULT, Delay, Injection, Plan
from kiwoom_sim.faults.transmission import Transmit
from kiwoom_sim.servers.relay import Leg
from kiwoom_sim.servers.tls_arrivals import Arrivals


def test_connections_are_counted_and_only_the_troubled_are_kept_from_tls() -> None:
    seen: list[object] = []
    reset = Injection(fault_id="f1", rule="r", kind="k", effect=Transmit(end="reset"))
    late = Injection(fault_id="f2", rule="r", kind="k", effect=Delay(7))
    plans = {1: NO_FAULT, 2: Plan(injections=(reset,)), 3: Plan(injections=(late,))}

    async def story() -> None:
        async def arrive(connection: int) -> Plan:
            seen.append(connection)
            return plans[connection]

        async def wait(by_ms: int) -> None:
            seen.append(f"{by_ms} ms")

        legs: set[Leg] = set()
        arrivals = Arrivals(arrive, wait, seen.append)
        admitted = []
        for _ in plans:
            mine, theirs = socket.socketpair()
            with mine, theirs:
                mine.setblocking(False)
                admitted.append(await arrivals.admit(mine, legs))
        while legs:  # noqa: ASYNC110 - the loop lets go of what was reset a moment later
            await asyncio.sleep(0)
        assert (admitted, seen) == ([True, False, True], [1, 2, 3, "7 ms"])

    asyncio.run(story())
