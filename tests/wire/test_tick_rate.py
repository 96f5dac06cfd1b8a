"""A denser tape on the wire: more frames, the same market, and the same bytes again."""

import hashlib
import json
from collections import Counter

from kiwoom_sim.scenario.loader import parse_scenario
from tests.wire.rebuild import Observer
from tests.wire.test_rebuild import Script

CODE = "005930"
SCENARIO = f"""
schema = 1
[clock]
start = 2026-03-23T10:00:00
[market]
symbols = ["{CODE}"]
[[phase]]
id = "calm"
for = "10s"
[[phase]]
id = "storm"
for = "10s"
set = {{ "market.tick_rate" = "200/s" }}
[[phase]]
id = "rising"
for = "10s"
set = {{ "market.tick_rate" = "10/s -> 100/s" }}
"""
UNTIL_MS = 35_000


def heard(text: str = SCENARIO) -> tuple[Counter[str], Observer, str]:
    """Return the trades of each second, what they add up to, and a digest of the frames."""
    script, observer = Script(parse_scenario(text, name="dense"), (CODE,)), Observer()
    script.bars_every_ms = 1_000
    script.login("key-1")
    script.listen(1, 1)
    counts: Counter[str] = Counter()
    digest = hashlib.sha256()
    for ms in range(1_000, UNTIL_MS + 1, 1_000):
        script.simulation.pump(ms)
        for item in script.simulation.take_frames():
            if item.cause == "tick":
                observer.frame(item.frame)
                digest.update(item.frame)
                rows = json.loads(item.frame)["data"]
                counts.update(row["values"]["20"] for row in rows if row["type"] == "0B")
        if ms % 5_000 == 0:
            script.ask_everything(ms, observer)
    return counts, observer, digest.hexdigest()


def test_a_phase_makes_trades_denser_and_nothing_contradicts_it() -> None:
    counts, observer, digest = heard()
    assert observer.contradictions[:5] == []
    assert observer.compared["running volume"] > 1_000
    storm = [counts[f"1000{second}"] for second in range(11, 20)]
    assert max(storm) == 200
    calm = sum(counts[f"1000{second:02}"] for second in range(1, 10))
    assert sum(storm) > 4 * calm
    assert counts["100029"] <= 110
    assert sum(counts[f"1000{second}"] for second in range(31, 35)) < 200
    assert heard()[2] == digest


def test_without_a_rate_the_bytes_are_the_usual_ones() -> None:
    slow = SCENARIO.replace("200/s", "1/10s").replace("10/s -> 100/s", "1/10s -> 1/5s")
    plain = SCENARIO[: SCENARIO.index("[[phase]]")]
    assert heard(slow)[2] == heard(plain)[2]
