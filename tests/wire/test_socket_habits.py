"""Hold what public clients insist on at the WebSocket door, one test a habit, over real sockets."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from tests.wire.conftest import PING_MS
from tests.wire.house import House, client, logged_in, peer, registration, simulator, token_of

pytestmark = pytest.mark.anyio

BUSY = "005930"


async def test_login_answer_is_the_first_frame(house: House) -> None:
    async with peer(house, additional_headers={"x-anything": "1", "appkey": "key"}) as made:
        await made.say({"trnm": "LOGIN", "token": token_of(house)})
        answer = await made.hear()
    assert answer["trnm"] == "LOGIN"
    assert answer["return_code"] == 0
    assert answer["return_msg"] == ""


async def test_us_path_logs_in_too(house: House) -> None:
    async with peer(house, path="/api/us/websocket") as made:
        await made.say({"trnm": "LOGIN", "token": token_of(house)})
        assert (await made.hear())["return_code"] == 0


async def test_nothing_comes_before_the_login_answer(house: House) -> None:
    async with peer(house) as made:
        await asyncio.sleep(2 * PING_MS / 1_000)
        await made.say({"trnm": "LOGIN", "token": token_of(house)})
        assert (await made.hear())["trnm"] == "LOGIN"


@pytest.mark.parametrize("token", ["nonsense", ""])
async def test_bad_token_is_told_and_the_socket_closed(house: House, token: str) -> None:
    async with peer(house) as made:
        await made.say({"trnm": "LOGIN", "token": token})
        answer = await made.hear()
        assert isinstance(answer["return_code"], int)
        assert answer["return_code"] != 0
        assert "CODE=8005" in answer["return_msg"]
        with pytest.raises(ConnectionClosed):
            await made.hear()


async def test_reg_sent_in_one_go_with_login_is_answered_after_it(house: House) -> None:
    token = token_of(house)
    async with peer(house) as made:
        await made.say({"trnm": "LOGIN", "token": token})
        await made.say(registration([BUSY], ["0B"]))
        await made.hear_until("REG")
        names = [message["trnm"] for message in made.heard if message["trnm"] != "PING"]
        assert names[:2] == ["LOGIN", "REG"]
        assert (await made.rows(1))[0]["item"] == BUSY


async def test_reg_a_moment_after_login_without_waiting(house: House) -> None:
    token = token_of(house)
    async with peer(house) as made:
        await made.say({"trnm": "LOGIN", "token": token})
        await asyncio.sleep(0.1)
        await made.say(registration([BUSY], ["0B"]))
        assert (await made.hear_until("REG"))["return_code"] == 0
        assert made.heard[0]["trnm"] == "LOGIN"


async def test_reg_and_remove_answers_have_no_data(house: House) -> None:
    async with logged_in(house) as made:
        await made.say(registration([BUSY], ["0B", "0D"]))
        await made.say(registration([BUSY], ["0B", "0D"], "REMOVE"))
        for name in ("REG", "REMOVE"):
            answer = await made.hear_until(name)
            assert answer == {"trnm": name, "return_code": 0, "return_msg": ""}


@pytest.mark.parametrize("items", [[], [""]], ids=str)
@pytest.mark.parametrize("kind", ["00", "04", "0s"])
async def test_types_without_items_register(house: House, kind: str, items: list[str]) -> None:
    async with logged_in(house) as made:
        await made.say(registration(items, [kind]))
        assert (await made.hear_until("REG"))["return_code"] == 0


async def test_items_and_types_are_crossed(house: House) -> None:
    async with logged_in(house) as made:
        await made.say(registration([BUSY, "000660"], ["0A", "0B", "0C", "0D"]))
        seen: set[tuple[str, str]] = set()
        wanted = {(kind, item) for kind in ("0B", "0C", "0D") for item in (BUSY, "000660")}
        while not wanted <= seen:
            seen |= {(row["type"], row["item"]) for row in await made.rows(1)}
    assert seen <= wanted | {("0A", BUSY), ("0A", "000660")}


async def test_blocks_of_one_message_all_count(house: House) -> None:
    message = registration([BUSY], ["0B"])
    message["data"].append({"item": ["001"], "type": ["0J", "0U"]})
    async with logged_in(house) as made:
        await made.say(message)
        seen: set[str] = set()
        while not {"0B", "0J", "0U"} <= seen:
            seen |= {row["type"] for row in await made.rows(1)}


@pytest.mark.parametrize(("refresh", "keeps"), [("1", True), (None, True), ("0", False)])
async def test_refresh_keeps_or_replaces(house: House, refresh: str | None, keeps: bool) -> None:
    second = registration(["000660"], ["0B"], refresh=refresh or "")
    if refresh is None:
        del second["refresh"]
    async with logged_in(house) as made:
        await made.say(registration([BUSY], ["0B"]))
        await made.hear_until("REG")
        await made.say(second)
        await made.hear_until("REG")
        seen: set[str] = set()
        wanted = {BUSY, "000660"} if keeps else {"000660"}
        while not wanted <= seen:
            seen |= {row["item"] for row in await made.rows(1)}
        late = {row["item"] for message in await made.quiet() for row in message["data"]}
    assert seen | late == wanted


@pytest.mark.parametrize("refresh", [None, "", "0", "1"])
async def test_nothing_comes_after_the_remove_answer(house: House, refresh: str | None) -> None:
    message = registration([BUSY], ["0B", "0D"], "REMOVE", refresh=refresh or "")
    if refresh is None:
        del message["refresh"]
    async with logged_in(house) as made:
        await made.say(registration([BUSY], ["0B", "0D"]))
        await made.rows(3)
        await made.say(message)
        assert (await made.hear_until("REMOVE"))["return_code"] == 0
        assert await made.quiet() == []


async def test_remove_of_one_type_leaves_the_other(house: House) -> None:
    async with logged_in(house) as made:
        await made.say(registration([BUSY], ["0B", "0D"]))
        await made.say(registration([BUSY], ["0B"], "REMOVE"))
        await made.hear_until("REMOVE")
        assert {row["type"] for row in await made.rows(20)} == {"0D"}


async def test_real_rows_have_all_that_clients_read(house: House) -> None:
    async with logged_in(house) as made:
        await made.say(registration([BUSY], ["0B", "0D"]))
        found: dict[str, dict[str, str]] = {}
        while set(found) != {"0B", "0D"}:
            for row in await made.rows(1):
                assert set(row) == {"type", "name", "item", "values"}
                assert {type(value) for value in row["values"].values()} == {str}
                assert row["item"] == BUSY
                found[row["type"]] = row["values"]
    assert {"10", "11", "12", "13", "15", "20", "27", "28"} <= set(found["0B"])
    assert {"21", *map(str, range(41, 81))} <= set(found["0D"])
    for fid in ("10", "11", "13", "15", "27", "28"):
        int(found["0B"][fid])
    float(found["0B"]["12"])
    assert len(found["0B"]["20"]) == len(found["0D"]["21"]) == 6
    best_ask, best_bid = (abs(int(found["0D"][fid])) for fid in ("41", "51"))
    assert best_ask > best_bid > 0


@pytest.mark.parametrize(
    "answer",
    ['{"trnm":"PING"}', '{ "trnm" : "PING" }', b'{"trnm":"PING"}'],
    ids=["same", "fresh", "bytes"],
)
async def test_answered_pings_keep_a_session(house: House, answer: str | bytes) -> None:
    async with logged_in(house, answers_pings=False) as made:
        for _ in range(8):
            message = await made.hear_until("PING")
            assert message == {"trnm": "PING"}
            await made.socket.send(answer)
        await made.say(registration([BUSY], ["0B"]))
        assert (await made.hear_until("REG"))["return_code"] == 0


async def test_an_answer_that_is_late_by_a_beat_counts(house: House) -> None:
    async with logged_in(house, answers_pings=False) as made:
        for _ in range(4):
            await made.hear_until("PING")
            await made.hear_until("PING")
            await made.say({"trnm": "PING"})
        await made.say(registration([BUSY], ["0B"]))
        assert (await made.hear_until("REG"))["return_code"] == 0


async def test_client_that_never_answers_is_told_and_dropped(house: House) -> None:
    async with logged_in(house, answers_pings=False) as made:
        system = await made.hear_until("SYSTEM")
        assert set(system) == {"trnm", "code", "message"}
        assert system["code"] == "R10002"
        with pytest.raises(ConnectionClosed):
            await made.hear()
    assert [message["trnm"] for message in made.heard].count("PING") == 5


async def test_websocket_level_ping_is_answered(house: House) -> None:
    async with logged_in(house) as made:
        async with asyncio.timeout(5):
            await (await made.socket.ping())
        assert made.socket.latency > 0


async def test_offered_compression_is_no_obstacle(house: House) -> None:
    async with logged_in(house, compression="deflate") as made:
        await made.say(registration([BUSY], ["0B"]))
        assert (await made.rows(1))[0]["item"] == BUSY


async def test_system_frame_for_nonsense_comes_after_login(house: House) -> None:
    async with logged_in(house) as made:
        await made.socket.send("no json")
        system = await made.hear_until("SYSTEM")
        assert {"code", "message"} <= set(system)
        assert not {"return_code", "return_msg"} & set(system)


async def test_one_token_serves_both_doors_at_once(house: House) -> None:
    with client(house) as caller:
        async with peer(house) as made:
            await made.say({"trnm": "LOGIN", "token": caller.token})
            await made.hear()
            await made.say(registration([BUSY], ["0B"]))
            await made.rows(1)
            answer = await asyncio.to_thread(caller.quote)
            assert answer.json()["return_code"] == 0
            assert await made.rows(1)


async def test_frames_are_single_text_objects(house: House) -> None:
    async with logged_in(house) as made:
        await made.say(registration([BUSY, "000660", "035420"], ["0B", "0D"]))
        for _ in range(50):
            async with asyncio.timeout(10):
                text = await made.socket.recv()
            assert isinstance(text, str)
            message = json.loads(text)
            if message["trnm"] == "PING":
                await made.socket.send(text)


async def test_stopping_the_simulator_says_going_away() -> None:
    with simulator("normal_market", **{"market.symbols": [BUSY]}) as own:
        async with AsyncExitStack() as stack:
            made = await stack.enter_async_context(logged_in(own))
            await asyncio.to_thread(own.stop)
            with pytest.raises(ConnectionClosed):
                await made.hear_until("REAL")
            assert made.socket.close_code == 1001
