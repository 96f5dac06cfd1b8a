"""Check how plans change questions and answers."""

import json

from msgspec import structs

from kiwoom_sim.core.clock import format_moment
from kiwoom_sim.faults.effects import (
    NO_FAULT,
    Alter,
    Amend,
    Answer,
    Backdate,
    Delay,
    Effect,
    Injection,
    Mingle,
    Plan,
)
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.protocol.gateway import Admission, Question
from kiwoom_sim.protocol.messages import ApiReply, ApiRequest
from kiwoom_sim.runtime.alteration import altered, amended, earlier, mingled
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario
from tests.faults.answers import occasion

REPLY = ApiReply(headers=(("cont-yn", "N"),), body=b"{}", refusal="8005")
SCENARIO = """
schema = 1
[clock]
mode = "scaled"
speed = 60
start = 2026-03-23T09:30:00
[market]
symbols = ["005930"]
"""


class Longer:
    """Add a byte to a body that is short enough."""

    def alter(self, answer: Answer, occasion: Occasion) -> Answer:
        body = answer.body + str(occasion.ordinal).encode()
        return structs.replace(answer, body=body) if len(body) <= 4 else answer


def plan(*effects: Effect) -> Plan:
    return Plan(
        injections=tuple(
            Injection(fault_id=f"f{number}", rule="r", kind="k", effect=effect)
            for number, effect in enumerate(effects, 1)
        )
    )


def longer(ordinal: int) -> Alter:
    return Alter(Longer(), occasion(ordinal))


def test_alterations_follow_one_another_and_keep_the_rest() -> None:
    reply, idle = altered(REPLY, plan(longer(1), Delay(5), longer(2)))
    assert reply == structs.replace(REPLY, body=b"{}12")
    assert idle == ()


def test_alterations_that_change_nothing_are_told() -> None:
    reply, idle = altered(REPLY, plan(longer(1), longer(23), longer(2)))
    assert reply.body == b"{}12"
    assert [injection.fault_id for injection in idle] == ["f2"]
    reply, idle = altered(REPLY, plan(longer(123)))
    assert reply is REPLY
    assert len(idle) == 1


def test_the_world_sees_other_headers() -> None:
    request = ApiRequest(method="POST", path="/", headers={"a": "1", "b": "2"}, body=b"")
    assert amended(request, NO_FAULT) is request
    both = plan(Amend((("b", "3"),)), Alter(Longer(), occasion(), headers=(("c", "4"),)), Delay(5))
    assert amended(request, both).headers == {"a": "1", "b": "3", "c": "4"}


def test_the_world_sees_the_documented_path() -> None:
    request = ApiRequest(
        method="POST", path="/api/dostk/sect", headers={"api-id": "ka10081"}, body=b""
    )
    home = plan(Amend(documented_path=True))
    assert amended(request, home).path == "/api/dostk/chart"
    unknown = structs.replace(request, headers={"api-id": "none"})
    assert amended(unknown, home) is unknown


def test_rows_of_other_questions_stand_between_the_rows() -> None:
    def asked(name: str, value: str) -> Question | None:
        body = f'{{"list":["{value}1","{value}2","{value}3"]}}'.encode()
        return None if value == "0" else lambda _: ApiReply(body=body)

    mine = ApiReply(body=b'{"list":["01","02","03","04","05","06"],"return_code":0}')
    mingle = Mingle(field="mrkt_tp", values=("0", "8", "3"), rows=2, occasion=occasion())
    views = Simulation(parse_scenario(SCENARIO), epoch_ms=0).parts.world.views(0)
    admission = Admission(api_id="ka10099", variant=asked)
    mixed = json.loads(mingled(mine, admission, views, mingle).body)
    assert mixed["return_code"] == 0
    assert [row for row in mixed["list"] if row[0] == "0"] == ["01", "02", "03", "04", "05", "06"]
    assert sorted(row[0] for row in mixed["list"] if row[0] != "0") == ["3", "3", "8", "8"]
    refused = structs.replace(mine, refusal="1700")
    assert mingled(refused, admission, views, mingle) is refused


def test_the_world_is_asked_about_another_instant() -> None:
    world = Simulation(parse_scenario(SCENARIO), epoch_ms=0).parts.world

    def moment(plan: Plan) -> str:
        return format_moment(earlier(plan, world, 60_000).now_ms)

    assert moment(NO_FAULT) == "20260323103000"
    assert moment(plan(Delay(5), Backdate(age_ms=1_000))) == "20260323102900"
    assert moment(plan(Backdate(age_ms=90_000))) == "20260323093000"
    assert moment(plan(Backdate(behind_ms=90_000))) == "20260323102830"
    assert moment(plan(Backdate(behind_ms=-30_000))) == "20260323103030"
    assert moment(plan(Backdate(days=1))) == "20260322235959"
    assert moment(plan(Backdate(days=3))) == "20260320235959"
