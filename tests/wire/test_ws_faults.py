"""Show every fault of the WebSocket door to a real client: what it does, it does on the wire."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import kiwoom_client
import pytest
from kiwoom_client.websocket import KiwoomWebSocketError
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from kiwoom_sim.testing.background import BackgroundSimulator
from tests.wire.house import Peer, peer, registration
from tests.wire.stage import BUSY, OTHER, Stage, rules

pytestmark = pytest.mark.anyio

WAIT_S = 60


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    directory = tmp_path_factory.mktemp("ws-faults")
    file = directory / "ws_stories.toml"
    file.write_text(rules(), encoding="utf-8")
    with BackgroundSimulator(file, runs=directory / "runs") as running:
        yield Stage(running)
    (run,) = (directory / "runs").iterdir()
    found = replay(RunDirectory(run), directory / "replay")
    assert (found.differing, found.first) == ((), "")


async def ending(made: Peer) -> tuple[int | None, str | None]:
    """Listen to the end and return how the server closed; nothing that it said goes unread."""
    with suppress(ConnectionClosed):
        async with asyncio.timeout(WAIT_S):
            while True:
                text = await made.socket.recv()
                made.heard.append(json.loads(text))
                if made.heard[-1]["trnm"] == "PING":
                    with suppress(ConnectionClosed):
                        await made.socket.send(text)
    return made.socket.close_code, made.socket.close_reason


def volume(frame: dict[str, Any]) -> int:
    """Return the volume of the day in a trade: it only grows, so it orders trades."""
    return int(frame["data"][0]["values"]["13"])


async def trades(made: Peer, amount: int) -> list[int]:
    return [volume(await made.hear_until("REAL")) for _ in range(amount)]


async def texts(made: Peer, amount: int) -> list[str]:
    """Return the next frames that are no PING, whatever they are."""
    found: list[str] = []
    async with asyncio.timeout(WAIT_S):
        while len(found) < amount:
            text = await made.socket.recv()
            assert isinstance(text, str)
            if text == '{"trnm":"PING"}':
                await made.socket.send(text)
            else:
                found.append(text)
    return found


async def test_a_handshake_is_refused(stage: Stage) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with peer(stage.house, additional_headers={"x-story": "refused"}):
            pass
    assert refused.value.response.status_code == 403
    assert stage.faults("refused") == 1


async def test_a_handshake_is_slow(stage: Stage) -> None:
    began = asyncio.get_running_loop().time()
    async with peer(stage.house, additional_headers={"x-story": "slow"}):
        assert asyncio.get_running_loop().time() - began >= 0.29


async def test_a_login_is_refused_and_kiwoom_client_says_so(stage: Stage) -> None:
    async with stage.talk("login_refused", until_answer=False) as made:
        assert (await made.hear())["return_code"] == 805004
        assert await ending(made) == (1000, "Bye")
    socket = kiwoom_client.KiwoomWebSocket(stage.tokens["login_refused"], ws_url=stage.url)
    with pytest.raises(KiwoomWebSocketError, match="CODE=8005"):
        await socket.connect()
    await socket.disconnect()
    assert stage.faults("login_refused") == 2


async def test_a_login_stays_silent_until_the_server_gives_up(stage: Stage) -> None:
    async with stage.talk("login_silent", until_answer=False) as made:
        assert (await made.hear())["code"] == "R10004"
        assert await ending(made) == (1000, "Bye")


async def test_a_login_is_answered_late(stage: Stage) -> None:
    began = asyncio.get_running_loop().time()
    async with stage.talk("login_late"):
        assert asyncio.get_running_loop().time() - began >= 0.29


async def test_a_system_frame_before_the_login_answer_fools_kiwoom_client(stage: Stage) -> None:
    async with stage.talk("system_frame") as made:
        assert [message["trnm"] for message in made.heard] == ["SYSTEM", "LOGIN"]
    socket = kiwoom_client.KiwoomWebSocket(stage.tokens["system_frame"], ws_url=stage.url)
    with pytest.raises(KiwoomWebSocketError, match="SYSTEM"):
        await socket.connect()
    await socket.disconnect()


async def test_a_kick_gives_its_reason_and_closes(stage: Stage) -> None:
    async with stage.listen("kick") as made:
        assert await ending(made) == (1000, "Bye")
        assert made.heard[-1]["code"] == "R10001"
        assert [message["trnm"] for message in made.heard].count("REAL") == 2
    assert stage.faults("kick") == 1


async def test_a_close_has_its_code_and_a_cut_has_none(stage: Stage) -> None:
    async with stage.listen("close") as made:
        assert await ending(made) == (4001, "x")
    async with stage.listen("cut") as made:
        assert await ending(made) == (1006, "")


async def test_pings_stop_and_the_connection_lives_on(stage: Stage) -> None:
    async with stage.listen("no_pings") as made:
        while stage.faults("no_pings") < 10:
            await made.hear_until("REAL")
        assert "PING" not in {message["trnm"] for message in made.heard}


async def test_a_silent_connection_is_open_and_says_nothing(stage: Stage) -> None:
    async with stage.listen("silence") as made, stage.listen("truth") as truth:
        await made.hear()
        await made.hear()
        before = stage.faults("silence")
        while stage.faults("silence") < before + 20:
            await truth.hear_until("REAL")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await made.socket.recv()
        assert made.socket.state.name == "OPEN"


async def test_answers_to_pings_are_not_heard(stage: Stage) -> None:
    async with stage.talk("deaf") as made:
        assert await ending(made) == (1000, "Bye")
        assert [message["trnm"] for message in made.heard[1:]] == ["PING"] * 8 + ["SYSTEM"]
        assert made.heard[-1]["code"] == "R10002"
    assert stage.faults("deaf") == 8


async def test_a_registration_is_refused_once(stage: Stage) -> None:
    async with stage.listen("register_refused") as made:
        assert (await made.hear_until("REG"))["return_code"] == 105115
        assert await made.quiet() == []
        await made.say(registration([BUSY], ["0B"]))
        assert (await made.hear_until("REG"))["return_code"] == 0
        await made.rows(1)


async def test_one_item_of_a_registration_is_dead(stage: Stage) -> None:
    async with stage.listen("dead", BUSY, OTHER) as made, stage.listen("truth", BUSY) as truth:
        assert (await made.hear_until("REG"))["return_code"] == 0
        await trades(truth, 5)
        assert {row["item"] for row in await made.rows(5)} == {OTHER}


async def heard_by_both(stage: Stage, name: str, amount: int) -> tuple[list[int], list[int]]:
    """Return trades that the client of a rule heard, and what an untroubled one heard in between.

    The untroubled client listens first, and until it has heard the last of the other's.
    """
    async with stage.listen("truth") as truth:
        theirs = await trades(truth, 1)
        async with stage.listen(name) as made:
            listening = asyncio.ensure_future(trades(made, amount))
            while not listening.done():
                theirs += await trades(truth, 1)
            mine = await listening
        while theirs[-1] < max(mine):
            theirs += await trades(truth, 1)
    return mine, [value for value in theirs if value >= min(mine)]


async def test_a_gap_is_missed_and_nothing_else(stage: Stage) -> None:
    mine, truth = await heard_by_both(stage, "gap", 6)
    assert mine == [value for value in truth[:8] if value not in truth[2:4]]
    assert stage.faults("gap") == 2


async def test_a_frame_comes_twice(stage: Stage) -> None:
    mine, truth = await heard_by_both(stage, "duplicate", 4)
    assert mine == [truth[0], truth[1], truth[1], truth[2]]


async def arrivals(made: Peer, amount: int) -> dict[int, float]:
    """Return when each of the next trades arrived."""
    found: dict[int, float] = {}
    while len(found) < amount:
        value = (await trades(made, 1))[0]
        found[value] = asyncio.get_running_loop().time()
    return found


async def test_a_late_frame_holds_the_others_back(stage: Stage) -> None:
    async with stage.listen("truth") as truth, stage.listen("delay") as made:
        mine, theirs = await asyncio.gather(arrivals(made, 3), arrivals(truth, 30))
    assert list(mine) == sorted(mine)
    late = min(mine)
    assert mine[late] - theirs[late] >= 0.15  # the other copy may be late too, on a busy machine
    assert stage.faults("delay") == 1


async def test_pushes_overtake_a_late_answer_to_reg(stage: Stage) -> None:
    async with stage.listen("overtaken") as made:
        await made.hear_until("REG")
        assert "REAL" in {message["trnm"] for message in made.heard}


async def test_a_frame_comes_after_the_next_ones(stage: Stage) -> None:
    mine, truth = await heard_by_both(stage, "reorder", 5)
    assert sorted(mine) == truth[:5]
    assert sum(later < earlier for earlier, later in pairwise(mine)) == 1


async def test_old_values_come_with_new_times(stage: Stage) -> None:
    async with stage.listen("stale") as made:
        frames = [await made.hear_until("REAL") for _ in range(60)]
    assert len({volume(frame) for frame in frames}) == 1
    assert len({frame["data"][0]["values"]["20"] for frame in frames}) > 1


@pytest.mark.parametrize("name", ["malformed", "truncated"])
async def test_a_frame_that_is_no_json_is_text_all_the_same(stage: Stage, name: str) -> None:
    async with stage.listen(name) as made:
        _, first, broken, third = await texts(made, 4)
    assert json.loads(first)["trnm"] == json.loads(third)["trnm"] == "REAL"
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(broken)
    assert stage.faults(name) == 1


async def test_held_frames_come_together_and_all_of_them(stage: Stage) -> None:
    mine, truth = await heard_by_both(stage, "burst", 12)
    assert mine == truth[:12]
    assert stage.faults("burst") >= 12


async def test_a_throttled_item_skips_values_and_keeps_the_order(stage: Stage) -> None:
    mine, truth = await heard_by_both(stage, "throttle", 3)
    assert mine == sorted(mine)
    assert set(mine) <= set(truth)
    assert len(truth) > len(mine)


async def test_clients_of_older_mocks_have_gaps_too(stage: Stage) -> None:
    async with peer(stage.house, path="/ws") as made:
        await made.socket.send('{"type": "subscribe", "tickers": ["005930", "000660"]}')
        found = [json.loads(text) for text in await texts(made, 40)]
    told = {one["data"]["ticker"] for one in found if one["type"] == "realtime_price"}
    assert told == {BUSY}
    assert stage.faults("old-gap") > 0


async def test_kiwoom_client_comes_back_after_a_kick(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    socket = kiwoom_client.KiwoomWebSocket(
        stage.tokens["truth"], ws_url=stage.url, reconnect_delay=0.05
    )
    codes: list[str] = []
    heard, kicked = asyncio.Event(), asyncio.Event()
    socket.on_trnm("SYSTEM", lambda frame: (codes.append(frame["code"]), kicked.set()))
    socket.on("0B", lambda _: heard.set())
    with caplog.at_level(logging.WARNING):
        async with socket, asyncio.TaskGroup() as group:
            listener = group.create_task(socket.listen())
            await socket.subscribe(["0B"], BUSY)
            await asyncio.wait_for(heard.wait(), WAIT_S)
            async with stage.talk("truth"):
                await asyncio.wait_for(kicked.wait(), WAIT_S)
            heard.clear()
            await asyncio.wait_for(heard.wait(), WAIT_S)
            socket._running = False
            listener.cancel()
    assert codes == ["R10001"]
    assert "Reconnecting" in caplog.text


async def test_kiwoom_client_reads_on_after_frames_that_are_no_json(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    socket = kiwoom_client.KiwoomWebSocket(stage.tokens["unread"], ws_url=stage.url)
    heard = asyncio.Queue[Any]()
    socket.on("0B", heard.put_nowait)
    with caplog.at_level(logging.WARNING):
        async with socket, asyncio.TaskGroup() as group:
            listener = group.create_task(socket.listen())
            await socket.subscribe(["0B"], BUSY)
            for _ in range(5):
                await asyncio.wait_for(heard.get(), WAIT_S)
            socket._running = False
            listener.cancel()
    assert caplog.text.count("Undecodable") == stage.faults("unread") == 2
