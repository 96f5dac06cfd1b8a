"""Adding a rule about others, or a second client, changes no byte of the first client's stream."""

from functools import cache
from typing import Any

import msgspec
import pytest
from typing_extensions import override

from kiwoom_sim.observe.records import Record
from kiwoom_sim.scenario.loader import load_scenario
from kiwoom_sim.scenario.render import plain
from kiwoom_sim.scenario.schema import Scenario
from tests.scenarios.robot import PATH
from tests.scenarios.visitor import LISTED, Visitor

STORIES = ("maintenance_window", "network_flap", "ws_disorder")
"""Trouble at both doors, by chance and by count, of calls and of frames."""

UNTIL_MS = 45_000
STRANGER_MS = 700
CONNECTION = 900

RULES: dict[str, dict[str, object]] = {
    "rule": {"match": {"header.x-nobody": "*"}, "do": {"kind": "http_error", "status": 500}},
    "ws": {"match": {"path": "/nobody", "moment": "frame"}, "do": {"kind": "gap"}},
}
"""Rules about nobody that is there."""


class Listener(Visitor):
    """Remember what the REST door answered."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.told: list[tuple[int, dict[str, Any]]] = []

    @override
    def _rest(self, ms: int, **fields: Any) -> dict[str, Any]:
        told = super()._rest(ms, **fields)
        self.told.append((ms, told))
        return told


class Crowded(Listener):
    """Share the simulator with somebody who calls and listens too, just before it does."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self._others = ""

    @override
    def step(self, ms: int) -> None:
        if ms and ms % STRANGER_MS == 0:
            self._stranger(ms)
        super().step(ms)

    def _stranger(self, ms: int) -> None:
        if not self._others:
            keys = {"grant_type": "client_credentials", "appkey": "other", "secretkey": "b"}
            answer = self._other(ms, "rest", method="POST", path="/oauth2/token", text=keys)
            if answer is None or b'"token"' not in answer.body:
                return
            self._others = msgspec.json.decode(answer.body)["token"]
            self._other(ms, "ws", kind="open", path=PATH)
            self._other(ms, "ws", text={"trnm": "LOGIN", "token": self._others})
            data = [{"item": ["005930"], "type": ["0B", "0D"]}]
            self._other(ms, "ws", text={"trnm": "REG", "grp_no": "1", "data": data})
        self._other(
            ms, "rest", method="POST", path="/api/dostk/stkinfo", text={"stk_cd": "005930"},
            headers={"api-id": "ka10001", "authorization": f"Bearer {self._others}"},
        )  # fmt: skip

    def _other(self, ms: int, door: Any, text: object = "", **fields: Any) -> Any:
        if text:
            fields |= {"kind": "bytes", "text": msgspec.json.encode(text).decode()}
        return self.simulation.feed(
            Record(ms=ms, seq=self._count(), conn=CONNECTION, door=door, **fields)
        )


def story(name: str, *, with_rules: bool = False) -> Scenario:
    changes: dict[str, object] = {"market.symbols": list(LISTED)}
    if with_rules:
        own = load_scenario(name)
        for key, rules in (("rule", own.rules), ("ws", own.ws_rules)):
            changes[key] = [{"id": f"nobody-{key}", **RULES[key]}, *map(plain, rules)]
    return load_scenario(name, overrides=changes)


@cache
def alone(name: str) -> Listener:
    listener = Listener(story(name))
    listener.run(UNTIL_MS)
    return listener


@pytest.mark.parametrize("name", STORIES)
def test_a_second_client_changes_no_byte_of_the_first(name: str) -> None:
    first = Crowded(story(name))
    first.run(UNTIL_MS)
    assert first.simulation.parts.metrics.request_count > len(alone(name).told)
    assert first.told == alone(name).told
    assert (first.heard, first.ends) == (alone(name).heard, alone(name).ends)


@pytest.mark.parametrize("name", STORIES)
def test_a_rule_about_nobody_changes_no_byte(name: str) -> None:
    listener = Listener(story(name, with_rules=True))
    listener.behave_as_in(story(name))
    assert len(listener.scenario.all_rules) == len(alone(name).scenario.all_rules) + len(RULES)
    listener.run(UNTIL_MS)
    assert listener.told == alone(name).told
    assert (listener.heard, listener.ends) == (alone(name).heard, alone(name).ends)
