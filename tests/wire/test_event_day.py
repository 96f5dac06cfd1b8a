"""Rebuild a morning in which everything happens from captured bytes and find no contradiction."""

import hashlib
import json

import pytest

from kiwoom_sim.scenario.loader import parse_scenario
from tests.wire.rebuild import Observer
from tests.wire.test_rebuild import STEP_MS, Script

GAP, LOCKED, CRASHED, MUTED, INTERRUPTED, HALTED = (
    "111770", "001720", "012750", "302440", "009970", "000120",
)  # fmt: skip
SYMBOLS = (GAP, LOCKED, CRASHED, MUTED, INTERRUPTED, HALTED)
SPEED = 60
FROM = 9 * 60 - 1
UNTIL = 10 * 60 + 8
SCENARIO = f"""
schema = 1
[clock]
mode = "scaled"
speed = {SPEED}
start = 2026-03-23T08:59:00
[market]
symbols = {list(SYMBOLS)}
[[event]]
at = 08:59:10
do = {{ kind = "gap_open", code = "{GAP}", by = "4%" }}
[[event]]
at = 09:02:00
do = {{ kind = "limit_lock", code = "{LOCKED}", for = "8m@market" }}
[[event]]
at = 09:05:05
do = {{ kind = "flash_crash", code = "{CRASHED}", by = "12%" }}
[[event]]
at = 09:12:00
do = {{ kind = "no_trade", code = "{MUTED}", for = "10m@market" }}
[[event]]
at = 09:15:30
do = {{ kind = "vi", code = "{INTERRUPTED}", side = "down" }}
[[event]]
at = 09:18:00
do = {{ kind = "halt", code = "{HALTED}" }}
[[event]]
at = 09:28:00
do = {{ kind = "resume", code = "{HALTED}" }}
[[event]]
at = 09:33:00
do = {{ kind = "circuit_breaker" }}
"""


class Heard:
    """Hold what one listener heard of each symbol: (time, type, values)."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[str, str, dict[str, str]]]] = {}

    def take(self, text: bytes) -> None:
        for row in json.loads(text).get("data", ()):
            values = row["values"]
            time = values.get("20") or values.get("21") or ""
            self.rows.setdefault(row["item"], []).append((time, row["type"], values))

    def trades(self, code: str, begin: str, end: str) -> list[dict[str, str]]:
        """Return the trades with begin <= time < end."""
        return [v for time, kind, v in self.rows[code] if kind == "0B" and begin <= time < end]

    def books(self, code: str, begin: str, end: str) -> list[dict[str, str]]:
        return [v for time, kind, v in self.rows[code] if kind == "0D" and begin <= time < end]


@pytest.fixture(scope="module")
def morning() -> tuple[Observer, Heard, dict[str, dict[str, str]]]:
    script = Script(parse_scenario(SCENARIO, name="busy"), SYMBOLS)
    observer, heard, during = Observer(), Heard(), {}
    script.bars_every_ms = 4 * STEP_MS // SPEED
    script.login("key-1")
    script.listen(1, 1)
    for minute in range(FROM, UNTIL + 1):
        ms = (minute - FROM) * STEP_MS // SPEED
        script.simulation.pump(ms)
        for item in script.simulation.take_frames():
            if item.cause == "tick":
                observer.frame(item.frame)
                heard.take(item.frame)
        if minute > 9 * 60 and minute % 4 == 3:
            script.ask_everything(ms, observer)
        if minute == 9 * 60 + 17:
            body = script.call(ms, "ka10001", "/api/dostk/stkinfo", {"stk_cd": INTERRUPTED})
            during["quote"] = json.loads(body)
    return observer, heard, during


def test_bytes_contradict_each_other_nowhere(
    morning: tuple[Observer, Heard, dict[str, dict[str, str]]],
) -> None:
    observer = morning[0]
    assert observer.contradictions[:10] == []
    for what in ("running volume", "minute bar", "quote", "order book", "day bar"):
        assert observer.compared[what] >= 40, what


def test_the_locked_side_of_the_book_is_empty(
    morning: tuple[Observer, Heard, dict[str, dict[str, str]]],
) -> None:
    heard = morning[1]
    locked = heard.trades(LOCKED, "090201", "091000")
    assert locked
    assert len({values["10"] for values in locked}) == 1
    assert {values["25"] for values in locked} == {"1"}
    books = heard.books(LOCKED, "090201", "091000")
    assert all(values["41"].strip("+-") in {"0", ""} for values in books)
    assert all(int(values["71"]) > 0 for values in books)
    assert len({values["10"] for values in heard.trades(LOCKED, "091100", "091500")}) > 1


def test_a_crash_comes_and_goes(
    morning: tuple[Observer, Heard, dict[str, dict[str, str]]],
) -> None:
    heard = morning[1]
    before, after = (
        [abs(int(values["10"])) for values in heard.trades(CRASHED, *span)]
        for span in (("090300", "090505"), ("090630", "090800"))
    )
    bottom = min(abs(int(v["10"])) for v in heard.trades(CRASHED, "090505", "090620"))
    assert bottom == pytest.approx(before[-1] * 0.88, rel=0.01)
    assert after[0] == pytest.approx(before[-1], rel=0.01)


def test_the_book_goes_on_while_nobody_trades(
    morning: tuple[Observer, Heard, dict[str, dict[str, str]]],
) -> None:
    heard = morning[1]
    assert heard.trades(MUTED, "091201", "092200") == []
    assert len(heard.books(MUTED, "091201", "092200")) > 70
    assert heard.trades(MUTED, "092200", "092500")


def test_an_interruption_is_an_auction_on_the_wire(
    morning: tuple[Observer, Heard, dict[str, dict[str, str]]],
) -> None:
    _, heard, during = morning
    jump, *rest = heard.trades(INTERRUPTED, "091530", "091730")
    assert rest == []
    assert jump["15"].strip("+-") == "1"
    books = heard.books(INTERRUPTED, "091531", "091730")
    assert books
    assert all(abs(int(values["23"])) > 0 for values in books)
    assert all(abs(int(values["24"])) > 0 for values in books)
    auction, *later = heard.trades(INTERRUPTED, "091730", "092000")
    assert auction["15"][0] not in "+-"
    assert later
    assert abs(int(during["quote"]["exp_cntr_pric"])) > 0
    assert heard.books(INTERRUPTED, "091802", "091900")[0]["23"].strip("+-") in {"0", ""}


def test_a_board_is_silent_then_in_auction_then_trades(
    morning: tuple[Observer, Heard, dict[str, dict[str, str]]],
) -> None:
    heard = morning[1]
    for code in SYMBOLS:
        assert heard.trades(code, "093500", "100500") == []
        assert heard.books(code, "093501", "095500") == []
        waiting = heard.books(code, "095501", "100500")
        assert len(waiting) > 100
        first, *_ = heard.trades(code, "100500", "100800")
        assert first["15"][0] not in "+-"
        assert all(int(values["24"].strip("+-")) > 0 for values in waiting)


def test_a_halt_is_silence(
    morning: tuple[Observer, Heard, dict[str, dict[str, str]]],
) -> None:
    heard = morning[1]
    assert heard.trades(HALTED, "091801", "092800") == []
    assert heard.books(HALTED, "091801", "092800") == []
    assert heard.trades(HALTED, "092801", "093300")


def said(step_ms: int, until_ms: int = 21 * STEP_MS // SPEED) -> str:
    """Return the digest of what a listener hears when frames are fetched every so often."""
    script = Script(parse_scenario(SCENARIO, name="busy"), (LOCKED, CRASHED, INTERRUPTED, HALTED))
    script.login("key-1")
    script.listen(1, 1)
    heard = hashlib.sha256()
    for ms in range(step_ms, until_ms + 1, step_ms):
        script.simulation.pump(ms)
        for item in script.simulation.take_frames():
            if item.cause == "tick":
                heard.update(item.frame)
    return heard.hexdigest()


def test_the_same_is_said_however_often_it_is_fetched() -> None:
    coarse = said(7 * STEP_MS // SPEED)
    assert coarse == said(7 * STEP_MS // SPEED)
    assert coarse == said(STEP_MS // SPEED // 4)
