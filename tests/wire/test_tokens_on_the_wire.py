"""See each fault of tokens, and refusals by code, as an HTTP client and a WebSocket peer do."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import connect

from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.doors import KEYS, WAIT_S, Client, tell

RULE = """
[[rule]]
id = "spoiled"
match = { path = "/api/*" }
when = { nth = 2 }
"""


async def login_answer(client: Client) -> dict[str, object]:
    """Return what a WebSocket LOGIN with the client's token is answered."""
    async with connect(f"{client.running.ws_url}/api/dostk/websocket") as peer:
        await peer.send(msgspec.json.encode({"trnm": "LOGIN", "token": client.token}).decode())
        async with asyncio.timeout(WAIT_S):
            answer: dict[str, object] = msgspec.json.decode(await peer.recv())
            await peer.wait_closed()
        assert peer.close_code == 1000
    return answer


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("token_expired", "8005"),
        ("token_revoked", "8005"),
        ("token_superseded", "8005"),
        ("ip_changed", "8010"),
    ],
)
def test_the_token_is_refused_everywhere_until_there_is_a_new_one(kind: str, code: str) -> None:
    async def story(client: Client) -> None:
        old = await client.login()
        answers = [await client.quote() for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert [answer.json()["return_code"] for answer in answers] == [0, 3, 3]
        assert f"[{code}:" in answers[1].json()["return_msg"]
        said = await login_answer(client)
        assert said["return_code"] == 805004
        assert f"CODE={code}" in str(said["return_msg"])
        assert await client.login() != old
        assert (await client.quote()).json()["return_code"] == 0
        assert client.running.faults() == {"spoiled": 1}

    tell(story, f'{RULE}do = {{ kind = "{kind}" }}\n')


def test_a_key_of_the_other_environment_is_refused_at_both_doors_for_its_time() -> None:
    async def story(client: Client) -> None:
        await client.login()
        answers = [await client.quote() for _ in range(2)]
        assert [answer.json()["return_code"] for answer in answers] == [0, 3]
        assert "[8031:" in answers[1].json()["return_msg"]
        refused = (await client.http.post("/oauth2/token", json=KEYS)).json()
        assert refused["return_code"] == 2
        assert refused["return_msg"].startswith("입력 값 오류입니다[8030:")
        assert "CODE=8031" in str((await login_answer(client))["return_msg"])
        await client.running.advance("10m")
        assert (await client.quote()).json()["return_code"] == 0

    tell(story, f'{RULE}do = {{ kind = "wrong_environment", for = "10m" }}\n')


def test_another_login_kicks_the_websocket() -> None:
    async def story(client: Client) -> None:
        await client.login()
        async with client.socket() as socket:
            answers = [await client.quote() for _ in range(2)]
            assert [answer.json()["return_code"] for answer in answers] == [0, 3]
            while (frame := await socket.hear())["trnm"] == "PING":
                pass
            assert (frame["trnm"], frame["code"]) == ("SYSTEM", "R10001")
            assert await socket.goodbye() == (1000, "Bye")

    tell(story, f'{RULE}do = {{ kind = "token_superseded" }}\n')


@pytest.mark.parametrize(("sessions", "closed"), [("keep", False), ("close", True)])
def test_a_revoked_token_leaves_sessions_alone_unless_told(sessions: str, closed: bool) -> None:
    async def story(client: Client) -> None:
        await client.login()
        async with client.socket() as socket:
            assert [(await client.quote()).json()["return_code"] for _ in range(2)] == [0, 3]
            if closed:
                assert await socket.goodbye() == (1000, "Bye")
            else:
                await socket.register("0B")

    tell(story, f'{RULE}do = {{ kind = "token_revoked", sessions = "{sessions}" }}\n')


@pytest.mark.parametrize(
    ("do", "status", "return_code", "message"),
    [
        ('code = "8005"', 200, 3, "인증에 실패했습니다[8005:"),
        ('code = "8005", status = 401', 401, 3, "인증에 실패했습니다[8005:"),
        ('code = "RC4058"', 200, 20, "[2000](RC4058:모의투자 장종료)"),
        ('code = "855056", parameters = { qty = "6" }', 200, 20, "6주 매수가능"),
        ('code = "1504"', 200, 1, "API ID=ka10001, URI=/api/dostk/stkinfo]"),
        ('code = "1700"', 429, 5, "유량=5, API ID=ka10001]"),
        ('code = "571758"', 200, 20, "(571758:"),
    ],
)
def test_any_documented_code_can_be_the_answer(
    do: str, status: int, return_code: int, message: str
) -> None:
    async def story(client: Client) -> None:
        await client.login()
        answers = [await client.quote() for _ in range(3)]
        assert [answer.json()["return_code"] for answer in answers] == [0, return_code, 0]
        assert answers[1].status_code == status
        assert message in answers[1].json()["return_msg"]
        assert client.running.faults() == {"spoiled": 1}

    tell(story, f'{RULE}do = {{ kind = "business_error", {do} }}\n')


def test_a_run_in_which_another_login_kicks_is_replayed_byte_for_byte(tmp_path: Path) -> None:
    async def story(client: Client) -> None:
        for _ in range(3):
            await client.login()
            async with client.socket() as socket:
                await socket.register("0B")
                codes = [(await client.quote()).json()["return_code"] for _ in range(4)]
                assert codes == [0, 0, 0, 3]
                assert await socket.goodbye() == (1000, "Bye")
        assert client.running.faults() == {"second": 3}

    rule = """
[[rule]]
id = "second"
match = { path = "/api/*" }
when = { every = 4 }
do = { kind = "token_superseded" }
[[limit]]
id = "watch"
rate = "1/1h"
shadow = true
"""
    tell(story, rule, runs=tmp_path)
    [run] = (path for path in tmp_path.iterdir() if path.is_dir())
    made = replay(RunDirectory(run), tmp_path / "again")
    assert made.compared
    assert made.differing == (), made.first
