"""Step through the scenarios about bodies: every rule fires, and as its comment says."""

from typing import Any

import msgspec
import pytest

from kiwoom_sim.observe.records import Record
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.scenario.loader import load_scenario
from tests.scenarios.caller import Caller

STORIES = ("blank_rows", "garbage_bodies", "stale_data")
ROWS = "stk_dt_pole_chart_qry"
TROUBLE = range(20_000, 80_000, 1_000)


def answer(client: Caller, ms: int, api: str) -> ApiReply:
    """Return what comes back for a call."""
    reply = client.simulation.requests.answer(client.call(ms, api))
    assert reply is not None
    return reply


def fired(client: Caller) -> set[str]:
    return {rule for rule, _ in +client.metrics.faults}


def rules(name: str) -> set[str]:
    return {rule.id for rule in load_scenario(name).all_rules}


@pytest.mark.parametrize("name", STORIES)
def test_every_rule_fires_in_trouble_and_none_outside(name: str) -> None:
    client = Caller(name)
    client.login()
    for api in ("ka10001", "ka10080", "ka10081"):
        answer(client, 0, api)
    assert fired(client) == set()
    for ms in TROUBLE:
        for api in ("ka10001", "ka10080", "ka10081"):
            answer(client, ms, api)
    assert fired(client) == rules(name)
    before = client.metrics.faults.copy()
    answer(client, 80_000, "ka10081")
    assert client.metrics.faults == before


def test_nothing_comes_in_all_its_forms() -> None:
    client = Caller("blank_rows")
    client.login()
    heads = set()
    for ms in TROUBLE:
        said = msgspec.json.decode(answer(client, ms, "ka10081").body)
        heads.add((said["return_code"], len(said.get(ROWS, [{}] * 9)) > 1))
    assert heads == {(0, True), (0, False), (20, True)}


def test_bodies_are_garbage_with_status_200() -> None:
    client = Caller("garbage_bodies")
    client.login()
    replies = [answer(client, ms, "ka10001") for ms in TROUBLE]
    assert {reply.status for reply in replies} == {200}
    assert 20 < sum(price(reply) is None for reply in replies) < 60


def test_the_daily_chart_does_not_know_today() -> None:
    client = Caller("stale_data")
    client.login()
    body = {"base_dt": "20260323"}
    days = []
    for ms in (19_000, 20_000, 80_000):
        reply = client.simulation.requests.answer(client.call(ms, **body))
        assert reply is not None
        days.append(msgspec.json.decode(reply.body)[ROWS][0]["dt"])
    assert days == ["20260323", "20260320", "20260323"]


def price(reply: ApiReply) -> Any:
    """Return the price that a body has, None if it has none."""
    try:
        return msgspec.json.decode(reply.body).get("cur_prc")
    except (msgspec.DecodeError, UnicodeError):
        return None


class Pager:
    """Ask for page after page of a daily chart."""

    def __init__(self, client: Caller) -> None:
        self.client = client

    def page(self, ms: int, key: str = "") -> tuple[str, str, str]:
        """Return the newest day of a page, and what its headers say of the next."""
        client = self.client
        client.seq += 1
        headers = {
            "api-id": "ka10081", "authorization": f"Bearer {client.token}",
            "cont-yn": "Y" if key else "N", "next-key": key,
        }  # fmt: skip
        body = {"stk_cd": "005930", "base_dt": "20260320", "upd_stkpc_tp": "1"}
        record = Record(
            ms=ms, seq=client.seq, conn=1, kind="bytes", door="rest", method="POST",
            path="/api/dostk/chart", headers=headers, text=msgspec.json.encode(body).decode(),
        )  # fmt: skip
        reply = client.simulation.feed(record)
        assert reply is not None
        told = dict(reply.headers)
        rows = msgspec.json.decode(reply.body)[ROWS]
        return rows[0]["dt"], told["cont-yn"], told["next-key"]


def test_pages_repeat_then_never_end_then_end_too_early() -> None:
    client = Caller("paging_trap")
    client.login()
    pager = Pager(client)
    first, more, key = pager.page(0)
    assert more == "Y"
    second = pager.page(1_000, key)
    assert second[0] < first
    assert pager.page(20_000, key) == (first, "Y", key)
    ms = 40_000
    seen = [pager.page(ms)]
    while len(seen) < 40:
        ms += 250
        seen.append(pager.page(ms, seen[-1][2]))
    assert {more for _, more, _ in seen} == {"Y"}
    assert seen[-1] == seen[-2]
    assert pager.page(60_000) == (first, "N", "")
    assert fired(client) == rules("paging_trap")
    assert pager.page(80_000, key) == second


def test_maintenance_closes_everything_for_a_minute() -> None:
    client = Caller("maintenance_window")
    client.login()
    simulation = client.simulation
    socket = Record(ms=1_000, seq=900, conn=1, kind="open", door="ws", path="/api/dostk/websocket")
    simulation.feed(socket)
    simulation.take_frames()
    page = answer(client, 20_000, "ka10001")
    assert (page.status, page.content_type) == (200, "text/html; charset=UTF-8")
    assert client.send(20_000, "/oauth2/token", {}, {}).reply == page
    simulation.accept(late := msgspec.structs.replace(socket, ms=30_000, seq=901, conn=2))
    simulation.pump(30_000)
    assert simulation.apply(late).instead is not None
    login = msgspec.json.encode({"trnm": "LOGIN", "token": client.token}).decode()
    simulation.feed(Record(ms=31_000, seq=902, conn=1, kind="bytes", door="ws", text=login))
    simulation.pump(60_000)
    closings = [frame.close for frame in simulation.take_frames() if frame.close >= 0]
    assert closings[0] == 1001
    assert fired(client) == rules("maintenance_window")
    assert answer(client, 80_000, "ka10001").content_type.startswith("application/json")
