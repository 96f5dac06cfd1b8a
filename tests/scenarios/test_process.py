"""Run the scenarios about the process itself in stepped time: stops and restarts."""

import msgspec
import pytest

from kiwoom_sim.observe.journal import EventEntry
from kiwoom_sim.observe.records import Record
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.scenario.loader import load_scenario
from tests.scenarios.robot import Robot, read

LENGTH_MS = 110_000
ASK_MS = 2_000


class Trader(Robot):
    """Ask for a price every two seconds besides, with a new token when the old one is dead.

    Attributes:
        codes: (wire time, return code) of its answers.
        events: What the journal says besides.
    """

    def __init__(self, name: str) -> None:
        super().__init__(load_scenario(name, overrides={"market.symbols": ["005930", "000660"]}))
        self.codes: list[tuple[int, int]] = []
        self.sent: list[Outgoing] = []
        self.events: list[EventEntry] = []
        note = self.simulation.parts.journal.event

        def listen_in(entry: EventEntry) -> None:
            self.events.append(entry)
            note(entry)

        self.simulation.parts.journal.event = listen_in  # type: ignore[method-assign] # listens in

    def _listen(self, ms: int) -> None:
        super()._listen(ms)
        if ms % ASK_MS == 0:
            self._ask_price(ms)

    def _ask_price(self, ms: int) -> None:
        headers = {"api-id": "ka10001", "authorization": f"Bearer {self._token}"}
        record = Record(
            ms=ms, seq=self._count(), conn=1, kind="bytes", door="rest", method="POST",
            path="/api/dostk/stkinfo", headers=headers, text='{"stk_cd":"005930"}',
        )  # fmt: skip
        reply = self.simulation.feed(record)
        if reply is None:
            return
        answer = msgspec.json.decode(reply.body)
        self.codes.append((ms, answer["return_code"]))
        if "8005" in answer["return_msg"]:
            self._token = ""

    def of(self, event: str) -> list[tuple[int, int]]:
        """Return when stops or restarts began and ended."""
        found = [entry for entry in self.events if entry.event == event]
        return [(entry.ms, int(entry.detail["until_ms"])) for entry in found]


def rules(trader: Trader) -> set[str]:
    return {rule.id for rule in trader.simulation.scenario.all_rules}


def test_every_stop_holds_all_pushes_and_loses_none() -> None:
    trader = Trader("stop_the_world").run(LENGTH_MS)
    assert isinstance(trader, Trader)
    assert trader.faults() == rules(trader)
    stops = trader.of("service_paused")
    assert (55_000, 67_000) in stops
    assert len(stops) >= 4
    heard = [ms for ms, _, _ in trader.heard]
    assert not [ms for ms in heard for start, end in stops if start < ms < end]
    assert trader.ends == []
    calm = Robot(
        load_scenario(
            "normal_market", overrides={"market.symbols": ["005930", "000660"], "seed": 2702}
        )
    ).run(LENGTH_MS)

    def pushes(robot: Robot) -> list[bytes]:
        return [text for _, _, text in robot.heard if read(text).get("trnm") == "REAL"]

    mine, whole = pushes(trader), pushes(calm)
    assert mine == whole[: len(mine)]
    assert len(mine) > len(whole) - 20


def test_every_restart_is_survived_with_what_it_forgot() -> None:
    trader = Trader("restart").run(LENGTH_MS)
    assert isinstance(trader, Trader)
    assert trader.faults() == rules(trader)
    down = trader.of("service_restarted")
    assert [start for start, _ in down][::2] == [20_000, 80_000]
    assert [end - start for start, end in down] == [3_000, 5_000, 2_000]
    assert [ms // 1_000 * 1_000 for ms, code in trader.ends if code == 0] == [
        start for start, _ in down
    ]
    refused = [ms for ms, code in trader.codes if code]
    assert len(refused) == 2  # the third restart keeps its tokens
    assert trader.codes[-1] == (LENGTH_MS, 0)


@pytest.mark.parametrize("name", ["stop_the_world", "restart"])
def test_there_is_calm_before_and_after(name: str) -> None:
    scenario = load_scenario(name)
    assert [scenario.phases[0].id, scenario.phases[-1].id] == ["calm", "recovery"]
