"""Listen to the WebSocket in an asyncio test; time is advanced from a thread."""

import asyncio

import pytest
from my_bot import Broker, Trade, trades

from kiwoom_sim.testing import KiwoomSim


@pytest.mark.asyncio
@pytest.mark.kiwoom_scenario(seed=7, **{"clock.mode": "stepped"})
async def test_trades_arrive_as_time_passes(kiwoom_sim: KiwoomSim) -> None:
    """Trades come in order, and the last one tells the price and volume that REST tells."""
    heard: list[Trade] = []
    with Broker(kiwoom_sim.rest_url) as broker:

        async def listen() -> None:
            async for trade in trades(kiwoom_sim.ws_url, broker.token, "005930"):
                heard.append(trade)  # noqa: PERF401 - a list that grows while others look at it

        listening = asyncio.ensure_future(listen())
        while not heard:
            # In a thread, so that this loop is free to listen and to answer PINGs meanwhile.
            await asyncio.to_thread(kiwoom_sim.advance, "1s")
        await asyncio.to_thread(kiwoom_sim.advance, "30s")
        quote = broker.quote("005930")
        async with asyncio.timeout(30):
            while heard[-1].volume < int(quote["trde_qty"]):  # noqa: ASYNC110 - what was sent may still have to be read
                await asyncio.sleep(0.01)
        listening.cancel()
        await asyncio.wait([listening])
    assert (heard[-1].price, heard[-1].volume) == (
        abs(int(quote["cur_prc"])),
        int(quote["trde_qty"]),
    )
    assert heard == sorted(heard, key=lambda trade: (trade.time, trade.volume))
