"""Find what is behind answers and frames in the directory of a real run."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from kiwoom_sim.observe.explain import explain
from kiwoom_sim.observe.reading import lane_lines
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.doors import Client, tell

RULES = """
[[phase]]
id = "storm"
[[rule]]
id = "slow"
phase = "storm"
match = { api = "ka10001" }
when = { nth = 2, probability = "100%" }
do = { kind = "latency", range = ["5ms", "9ms"] }
[[rule]]
id = "cut"
match = { moment = "connect" }
when = { per = "global", nth = 2 }
do = { kind = "no_answer" }
[[rule]]
id = "nothing-to-empty"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "empty_list" }
[[ws]]
id = "twice"
match = { type = "0B" }
when = { nth = 2 }
do = { kind = "duplicate_frame" }
[[ws]]
id = "late"
match = { api = "REMOVE" }
do = { kind = "latency", delay = "1ms" }
[[event]]
at = "0s"
do = { kind = "price", code = "005930", price = 150000, for = "1h" }
[latency]
"rest.stkinfo" = { range = ["1ms", "3ms"] }
[[limit]]
id = "quotes"
rate = "3/1h"
match = { api = "ka10001" }
penalty = { after = 1, within = "1s", for = "5s" }
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """Return a run in which the second of three quotes was late."""
    kept: Path = tmp_path_factory.mktemp("runs")

    async def story(client: Client) -> None:
        await client.login()
        ids = [(await client.quote()).headers["x-sim-id"] for _ in range(3)]
        assert ids == ["r3", "r4", "r5"]
        assert (await client.quote()).status_code == 429
        async with client.socket() as socket:
            await socket.register("0B")
            frames = [await socket.hear() for _ in range(3)]
            assert frames[1] == frames[2] != frames[0]
            await socket.say(trnm="REMOVE", grp_no="1", data=[{"item": [""], "type": ["0B"]}])
            while (await socket.hear())["trnm"] != "REMOVE":
                pass
        with pytest.raises(httpx.RemoteProtocolError):
            async with httpx.AsyncClient(base_url=client.running.rest_url) as other:
                await other.get("/")

    tell(story, RULES, kept, **{"wire.sim_id": True})
    return RunDirectory(kept / "small-0001")


def test_an_answer_shows_its_request_and_the_reason_of_its_fault(run: RunDirectory) -> None:
    found = explain(run, "r4")
    assert found is not None
    assert (found["answer"]["status"], found["answer"]["faults"]) == (200, ["f1"])
    assert found["request"]["text"] == '{"stk_cd":"005930"}'
    assert found["made_in_us"] > 0
    [fault] = found["faults"]
    assert (fault["rule"], fault["kind"], fault["phase"]) == ("slow", "latency", "storm")
    assert (fault["counted"], fault["occasion"], fault["chance_bps"]) == ("key#1", 2, 10_000)
    assert fault["chance_draw"].endswith(" of 10000")
    value, bound = map(int, fault["draws"].split(" of "))
    assert bound == 5
    assert fault["delay_ms"] == 5 + value


def test_an_answer_without_a_fault_has_none(run: RunDirectory) -> None:
    found = explain(run, "r3")
    assert found is not None
    assert found["faults"] == []


def test_a_fault_shows_what_it_met(run: RunDirectory) -> None:
    found = explain(run, "f1")
    assert found is not None
    assert (found["fault"]["rule"], found["met"]) == ("slow", ["r4"])


def frames(run: RunDirectory, **members: object) -> list[str]:
    """Return the ids of the frames with some members."""
    return [
        f"w{line['seq']}"
        for line in lane_lines(run, "ws")
        if all(line.get(name) == value for name, value in members.items())
    ]


def told(run: RunDirectory, name: str) -> dict[str, Any]:
    found = explain(run, name)
    assert found is not None
    return found


def test_an_everyday_wait_shows_where_it_was_drawn(run: RunDirectory) -> None:
    answer = told(run, "r3")["answer"]
    pattern, sample = answer["latency"].split(": ")
    assert pattern == "rest.stkinfo"
    ordinal, drawn = sample.split(" was ")
    assert ordinal == "draw 1 of key#1"
    assert answer["latency_ms"] == 1 + int(drawn.removesuffix(" of 3"))


def test_an_answer_shows_what_the_limits_had_counted(run: RunDirectory) -> None:
    assert [told(run, f"r{n}")["answer"]["limits"][0] for n in (3, 4, 5)] == [
        ["quotes", 1, 3], ["quotes", 2, 3], ["quotes", 3, 3],
    ]  # fmt: skip
    refused = told(run, "r6")
    assert (refused["answer"]["limit"], refused["answer"]["limits"]) == (
        "quotes",
        [["quotes", 3, 3]],
    )
    assert refused["block"]["until_ms"] == refused["answer"]["ms"] + 5_000
    assert refused["phase"] == "storm"


def test_a_fault_that_came_to_nothing_says_so(run: RunDirectory) -> None:
    answer = told(run, "r5")
    assert answer["answer"].get("faults") is None
    [fault] = answer["faults"]
    assert (fault["kind"], answer["came_to_nothing"]) == ("empty_list", [fault["id"]])
    assert told(run, fault["id"])["came_to_nothing"] is True


def test_an_answer_on_a_socket_shows_the_message(run: RunDirectory) -> None:
    [name] = frames(run, name="LOGIN")
    login = told(run, name)
    assert login["message"]["text"].startswith('{"trnm":"LOGIN","token":"token#1.1"')
    message = told(run, f"r{login['message']['seq']}")
    assert message["frames"] == [name]


def test_a_push_shows_who_asked_for_it_and_the_event_behind_it(run: RunDirectory) -> None:
    push = told(run, frames(run, type="0B", code="005930")[0])
    [peer] = push["peers"]
    assert '"trnm":"REG"' in peer["registered"]["text"]
    assert peer["login"]["id"] == f"r{told(run, frames(run, name='LOGIN')[0])['message']['seq']}"
    assert peer["opened"]["path"] == "/api/dostk/websocket"
    assert [event["command"] for event in push["events"]] == ["PinPrice"]


def test_a_fault_on_a_message_shows_message_and_frame(run: RunDirectory) -> None:
    [name] = frames(run, name="REMOVE")
    fault = told(run, told(run, name)["faults"][0]["id"])
    assert fault["met"] == [f"r{told(run, name)['message']['seq']}", name]
    [twice] = [n for n in frames(run, type="0B") if told(run, n)["frame"]["cause"] == "fault"]
    assert told(run, twice)["faults"][0]["rule"] == "twice"


def test_a_fault_on_a_connection_shows_the_connection(run: RunDirectory) -> None:
    [event] = [e for e in lane_lines(run, "events") if e["event"] == "connection_faulted"]
    fault = told(run, event["detail"]["faults"])
    assert (fault["fault"]["rule"], fault["met"]) == ("cut", [f"r{event['seq']}"])
    assert told(run, f"r{event['seq']}")["faults"] == [fault["fault"]]


@pytest.mark.parametrize("name", ["r9999", "w99999", "f99"])
def test_what_never_was_is_nothing(run: RunDirectory, name: str) -> None:
    assert explain(run, name) is None


@pytest.mark.parametrize("name", ["", "r", "r0", "x1", "12", "r1x"])
def test_what_is_no_id_is_refused(run: RunDirectory, name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        explain(run, name)


def test_reasons_are_replayed(run: RunDirectory, tmp_path: Path) -> None:
    found = replay(run, tmp_path)
    assert (found.differing, found.first) == ((), "")
