"""Check that a recorded run is reproduced in another process, and that a difference is found."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiwoom_sim.errors import ReplayError
from kiwoom_sim.observe.records import Record
from kiwoom_sim.observe.run_directory import RunDirectory, create
from kiwoom_sim.runtime.replay import first_difference, replay
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario
from kiwoom_sim.scenario.render import render_scenario
from kiwoom_sim.scenario.secrets import without_secrets

TEXT = """
schema = 1
seed = 3
[clock]
start = 2026-03-23T09:30:00
[market]
symbols = ["005930", "000660"]
[[account]]
appkey = "secret-app-key"
secretkey = "secret-of-the-key"
[[phase]]
id = "calm"
for = "10s"
[[phase]]
id = "noisy"
[[rule]]
id = "busy"
phase = "noisy"
match = { api = "ka10001" }
when = { probability = "50%" }
do = { kind = "http_error" }
[latency]
"rest.*" = { range = ["1ms", "9ms"] }
"ws.*" = { range = ["0ms", "30ms"] }
[[rule]]
id = "theirs"
match = { app_key = ["secret-key-of-a-rule", "secret-app-key"], api = "ka10001" }
when = { nth = 3 }
do = { kind = "malformed" }
[[event]]
at = "8s"
do = { kind = "halt", code = "000660" }
"""
KEYS = {"appkey": "secret-app-key", "secretkey": "secret-of-the-key"}


def record_run(parent: Path) -> RunDirectory:
    """Make a run as a live one would be, and keep it."""
    scenario = parse_scenario(TEXT, name="story")
    directory = create(parent, scenario.name)
    kept = render_scenario(without_secrets(scenario))
    directory.scenario.write_text(kept, encoding="utf-8")
    simulation = Simulation(
        scenario, epoch_ms=1_774_258_200_000, directory=directory.path, run=directory.run
    )

    def feed(seq: int, ms: int, **fields: object) -> bytes:
        reply = simulation.feed(msgspec.convert({"ms": ms, "seq": seq, **fields}, Record))
        return reply.body if reply is not None else b""

    def rest(seq: int, ms: int, path: str, body: dict[str, str], **headers: str) -> bytes:
        text = msgspec.json.encode(body).decode()
        return feed(
            seq, ms, conn=1, kind="bytes", door="rest", method="POST", path=path,
            headers=headers, text=text,
        )  # fmt: skip

    token = msgspec.json.decode(
        rest(1, 5, "/oauth2/token", {"grant_type": "client_credentials", **KEYS})
    )["token"]
    bearer = {"api-id": "ka10001", "authorization": f"Bearer {token}"}
    feed(2, 10, conn=1, kind="open", door="ws", path="/api/dostk/websocket")
    login = msgspec.json.encode({"trnm": "LOGIN", "token": token}).decode()
    feed(3, 11, conn=1, kind="bytes", door="ws", text=login)
    data = [{"item": ["005930", "000660"], "type": ["0B", "0D"]}]
    register = msgspec.json.encode({"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data})
    feed(4, 12, conn=1, kind="bytes", door="ws", text=register.decode())
    for number in range(20):
        body = {"stk_cd": "005930"}
        rest(5 + number, 1_000 * number, "/api/dostk/stkinfo", body, **bearer)
    rest(25, 19_500, "/oauth2/revoke", {**KEYS, "token": token})
    feed(26, 20_000, kind="signal", text="SIGINT")
    simulation.flush()
    directory.write_digests(simulation.digests())
    return directory


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    return record_run(tmp_path_factory.mktemp("runs"))


def test_no_secret_is_kept(recorded: RunDirectory) -> None:
    for file in recorded.path.rglob("*.*"):
        assert "secret-" not in file.read_text(), file
    text = (recorded.path / "trace.jsonl").read_text()
    assert "key#1" in text
    assert "token#1.1" in text


def test_the_same_bytes_come_again(recorded: RunDirectory, tmp_path: Path) -> None:
    found = replay(recorded, tmp_path)
    assert (found.differing, found.first, found.records) == ((), "", 26)
    assert found.digests == recorded.read_digests()
    assert found.digests["ws.frames"]["count"] > 20  # type: ignore[operator] # a count


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process_makes_the_same_bytes(recorded: RunDirectory, hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiwoom_sim", "replay", str(recorded.path), "--check"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_another_seed_is_told_with_its_first_difference(
    recorded: RunDirectory, tmp_path: Path
) -> None:
    other = RunDirectory(tmp_path / "other")
    (tmp_path / "other").mkdir()
    for path in recorded.path.iterdir():
        if path.is_file():
            (other.path / path.name).write_bytes(path.read_bytes())
    text = recorded.scenario.read_text(encoding="utf-8")
    other.scenario.write_text(text.replace("seed = 3", "seed = 4"), encoding="utf-8")
    (other.path / "journal").symlink_to(recorded.journal)
    found = replay(other, tmp_path / "made")
    assert "rest.bodies" in found.differing
    assert found.first.startswith("rest.jsonl:1\n")


def test_a_run_that_was_cut_short_is_run_again_as_far_as_its_trace_goes(
    recorded: RunDirectory, tmp_path: Path
) -> None:
    cut = create(tmp_path, "cut")
    cut.scenario.write_bytes(recorded.scenario.read_bytes())
    trace = (recorded.path / "trace.jsonl").read_bytes()
    (cut.path / "trace.jsonl").write_bytes(trace[:-10])
    found = replay(cut, tmp_path / "made")
    assert (found.compared, found.records, found.differing, found.first) == (False, 25, (), "")
    again = replay(cut, tmp_path / "again")
    assert again.digests == found.digests != recorded.read_digests()


def test_a_run_without_a_trace_cannot_be_run_again(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"trace\.jsonl"):
        replay(create(tmp_path, "a"), tmp_path)


def test_missing_and_added_lines_are_differences(tmp_path: Path) -> None:
    for name, text in (("a", "1\n2\n"), ("b", "1\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ws.jsonl").write_text(text)
    assert "replayed (nothing)" in first_difference(tmp_path / "a", tmp_path / "b")
    assert "recorded (nothing)" in first_difference(tmp_path / "b", tmp_path / "a")
    assert first_difference(tmp_path / "a", tmp_path / "a") == ""
