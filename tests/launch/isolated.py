"""Say whether this system lets a client be isolated; skip, or fail where that is required."""

import asyncio
import functools
import os

import pytest

from kiwoom_sim.errors import StartError
from kiwoom_sim.launch import isolation
from kiwoom_sim.launch.cell import Cell


@functools.cache
def reason_against() -> str:
    """Return why this system cannot isolate a client, "" if it can."""

    async def probe() -> None:
        started, _ = await isolation.start(["true"], os.environ, Cell(openings=()))
        await started.wait()

    try:
        asyncio.run(probe())
    except StartError as error:
        return str(error)
    return ""


def need_namespaces() -> None:
    """Skip a test that needs namespaces where there are none."""
    reason = reason_against()
    if reason and os.environ.get("REQUIRE_SYSTEM") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
