"""A share appears, another one goes: REST and WebSocket agree on it every day."""

import json
from datetime import date
from typing import Any

import pytest

from kiwoom_sim.core.clock import clock_ms, day_from_date, moment
from kiwoom_sim.scenario.loader import parse_scenario
from tests.wire.test_rebuild import Script

NEW, LEAVING, STAYING = "0999Z0", "086520", "247540"
SCENARIO = f"""
schema = 1
[clock]
mode = "scaled"
speed = 600
start = 2026-03-23T15:20:00
session = "always-open"
[market]
symbols = ["{LEAVING}", "{STAYING}"]
[[event]]
at = 2026-03-24T08:00:00
do = {{ kind = "listing", code = "{NEW}", name = "새벽", price = 20000, open = 46000 }}
[[event]]
at = "1ms"
do = {{ kind = "delisting", code = "{LEAVING}", sessions = 1 }}
"""
MONDAY = day_from_date(date(2026, 3, 23))
HEARD = (
    (moment(MONDAY, clock_ms(15, 22)), moment(MONDAY, clock_ms(15, 25))),
    (moment(MONDAY + 1, clock_ms(9)), moment(MONDAY + 1, clock_ms(9, 35))),
    (moment(MONDAY + 2, clock_ms(9)), moment(MONDAY + 2, clock_ms(9, 2))),
)
"""From when to when is listened on Monday, Tuesday and Wednesday."""


class Days:
    """Hold what was heard up to three times of three days, and what was asked then."""

    def __init__(self) -> None:
        scenario = parse_scenario(SCENARIO, name="listings")
        self.script = script = Script(scenario, (NEW, LEAVING))
        self.heard: dict[int, list[tuple[str, str, dict[str, str]]]] = {}
        self.asked: dict[int, dict[str, dict[str, Any]]] = {}
        script.login("key-1")
        clock = script.simulation.parts.world.clock
        for day, span in enumerate(HEARD):
            begin, ms = (clock.wire_of_elapsed(clock.elapsed_of(at_ms)) for at_ms in span)
            assert begin is not None
            assert ms is not None
            script.listen(day + 1, begin)
            script.simulation.pump(ms)
            frames = [f for f in script.simulation.take_frames() if f.cause == "tick"]
            script.simulation.feed(script.record(ms, conn=day + 1, kind="close", door="ws"))
            self.heard[day] = [
                (row["item"], row["type"], row["values"])
                for frame in frames
                for row in json.loads(frame.frame)["data"]
            ]
            self.asked[day] = {
                code: {
                    "quote": self.ask(ms, "ka10001", {"stk_cd": code}),
                    "chart": self.ask(ms, "ka10081", {"stk_cd": code}),
                    "line": self.ask(ms, "ka10100", {"stk_cd": code}),
                }
                for code in script.symbols
            }
            self.asked[day]["list"] = self.ask(ms, "ka10099", {"mrkt_tp": "10"})

    def ask(self, ms: int, api_id: str, body: dict[str, str]) -> Any:
        path = "/api/dostk/chart" if api_id == "ka10081" else "/api/dostk/stkinfo"
        more = {"base_dt": "20260331", "upd_stkpc_tp": "1"} if api_id == "ka10081" else {}
        return json.loads(self.script.call(ms, api_id, path, body | more))

    def trades(self, day: int, code: str) -> list[dict[str, str]]:
        return [values for item, kind, values in self.heard[day] if (item, kind) == (code, "0B")]

    def listed(self, day: int) -> dict[str, dict[str, str]]:
        return {row["code"]: row for row in self.asked[day]["list"]["list"]}


@pytest.fixture(scope="module")
def days() -> Days:
    return Days()


def test_a_share_is_nowhere_before_its_first_day(days: Days) -> None:
    assert NEW not in days.listed(0)
    assert "1902" in days.asked[0][NEW]["quote"]["return_msg"]
    assert days.asked[0][NEW]["chart"]["stk_dt_pole_chart_qry"] == []
    assert not [row for row in days.heard[0] if row[0] == NEW]


def test_its_first_day_is_the_same_on_both_doors(days: Days) -> None:
    trades, quote = days.trades(1, NEW), days.asked[1][NEW]["quote"]
    assert days.listed(1)[NEW]["name"] == "새벽"
    assert days.listed(1)[NEW]["regDay"] == "20260324"
    assert (quote["upl_pric"], quote["lst_pric"], quote["base_pric"]) == (
        "+80000", "-12000", "20000",
    )  # fmt: skip
    assert int(trades[0]["10"]) == pytest.approx(46_000, rel=0.05)
    assert trades[-1]["13"] == quote["trde_qty"]
    assert trades[-1]["10"] == quote["cur_prc"]
    (bar,) = days.asked[1][NEW]["chart"]["stk_dt_pole_chart_qry"]
    assert bar["dt"] == "20260324"
    assert int(bar["cur_prc"]) == abs(int(quote["cur_prc"]))
    assert len(days.asked[2][NEW]["chart"]["stk_dt_pole_chart_qry"]) == 2


def test_a_share_in_liquidation_has_one_trade_every_half_hour(days: Days) -> None:
    trades, quote = days.trades(1, LEAVING), days.asked[1][LEAVING]["quote"]
    assert days.asked[0][LEAVING]["line"]["orderWarning"] == "0"
    assert days.listed(1)[LEAVING]["orderWarning"] == "2"
    assert days.listed(1)[LEAVING]["state"].startswith("정리매매|")
    assert [values["20"][:4] for values in trades] == ["0900", "0930"]
    assert trades[-1]["13"] == quote["trde_qty"]
    assert abs(int(trades[0]["10"])) == pytest.approx(int(quote["base_pric"]) * 0.4, rel=0.1)
    books = [v for item, kind, v in days.heard[1] if (item, kind) == (LEAVING, "0D")]
    assert sum(int(values["23"]) > 0 or int(values["23"]) < 0 for values in books) > 60


def test_afterwards_it_is_gone(days: Days) -> None:
    assert LEAVING not in days.listed(2)
    assert STAYING in days.listed(2)
    for question in ("quote", "line"):
        assert "1902" in days.asked[2][LEAVING][question]["return_msg"]
    assert days.asked[2][LEAVING]["chart"]["stk_dt_pole_chart_qry"] == []
    assert not [row for row in days.heard[2] if row[0] == LEAVING]
    assert days.trades(2, NEW)
