"""Ask for the journal of real runs as people and programs do."""

import json
import threading
from pathlib import Path

import httpx
import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.testing.background import BackgroundSimulator

SCENARIO = """
schema = 1
[market]
symbols = ["005930"]
[[rule]]
id = "page"
match = { api = "ka10001" }
when = { nth = 2 }
do = { kind = "http_error", status = 502 }
"""
SECRET = "very-secret-indeed"


def story(url: str, quotes: int = 3) -> str:
    """Ask for a token and quotes; return the token."""
    keys = {"grant_type": "client_credentials", "appkey": "appkey-a", "secretkey": SECRET}
    with httpx.Client(base_url=url, trust_env=False) as http:
        token: str = http.post("/oauth2/token", json=keys).json()["token"]
        headers = {"api-id": "ka10001", "authorization": f"Bearer {token}"}
        for _ in range(quotes):
            http.post("/api/dostk/stkinfo", json={"stk_cd": "005930"}, headers=headers)
    return token


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a directory with one run, and the token of its client."""
    runs = tmp_path_factory.mktemp("runs")
    file = runs / "small.toml"
    file.write_text(SCENARIO)
    with BackgroundSimulator(file, runs=runs) as running:
        token = story(running.rest_url)
    return runs, token


def ask(runs: Path, *words: str) -> int:
    return main(["journal", "--runs", str(runs), *words])


def test_a_line_for_each_thing_that_happened(
    kept: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    runs, token = kept
    assert ask(runs) == Exit.OK
    out, err = capsys.readouterr()
    assert [line.split()[1:3] for line in out.splitlines()] == [
        ["r1", "request"], ["r2", "request"], ["f1", "fault"], ["r3", "request"],
        ["r4", "request"], ["r5", "event"],
    ]  # fmt: skip
    assert "-> 502" in out
    assert "[f1 page/http_error]" in out
    assert "\x1b" not in out
    assert err == ""
    assert token not in out
    assert SECRET not in out


def test_programs_get_an_envelope_or_lines(
    kept: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    runs, token = kept
    assert ask(runs, "small-0001", "--json") == Exit.OK
    text = capsys.readouterr().out
    told = json.loads(text)["result"]
    assert (told["run"], told["ended"], told["dropped"]) == ("small-0001", True, [])
    assert ask(runs, "--jsonl") == Exit.OK
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == told["entries"]
    assert lines[3]["faults"] == [{"id": "f1", "rule": "page", "kind": "http_error"}]
    assert token not in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["--faults"], ["f1", "r3"]),
        (["--kind", "request", "--limit", "2"], ["r1", "r2"]),
        (["--kind", "request", "--kind", "fault", "--tail", "2"], ["r3", "r4"]),
        (["--api-id", "au10001"], ["r1"]),
        (["--client", "key#1", "--connection", "rest:1", "--api-id", "ka*"], ["r2", "r3", "r4"]),
        (["--until", "0s"], []),
        (["--since", "0s@market", "--rule", "page"], ["f1", "r3"]),
    ],
)  # fmt: skip
def test_filters(
    kept: tuple[Path, str], words: list[str], ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(kept[0], *words) == Exit.OK
    out, err = capsys.readouterr()
    assert [line.split()[1] for line in out.splitlines()] == ids
    assert ("nothing of that kind" in err) is (not ids)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["small-001"], 'did you mean "small-0001"?'),
        (["--kind", "fautl"], 'did you mean "fault"?'),
        (["--connection", "tls:1"], "write 3, rest:3 or ws:3"),
        (["--since", "soon"], "is not a duration"),
        (["--limit", "1", "--tail", "1"], "leave one of them out"),
        (["--json", "--follow"], "--jsonl"),
    ],
)
def test_what_is_wrong_is_told(
    kept: tuple[Path, str], words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(kept[0], *words) == Exit.USAGE
    out, err = capsys.readouterr()
    assert hint in (err + out)


def test_a_run_is_followed_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.toml"
    file.write_text(SCENARIO)
    with BackgroundSimulator(file, runs=tmp_path) as running:
        story(running.rest_url, 1)
        while ask(tmp_path, "--jsonl", "--kind", "request", "--limit", "2", "--follow") != Exit.OK:
            pass  # the first entries may not be written yet
        first = capsys.readouterr().out.splitlines()
        followed = threading.Thread(target=ask, args=(tmp_path, "--follow", "--tail", "1"))
        followed.start()
        story(running.rest_url, 2)
    followed.join(20)
    assert not followed.is_alive()
    out = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in first] == ["r1", "r2"]
    assert out[-1].split()[1:4] == ["r6", "event", "signal"]


def test_a_run_that_was_cut_short_is_told_as_far_as_it_goes(
    kept: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "small-0001"
    (run / "journal").mkdir(parents=True)
    (run / "trace.jsonl").write_bytes(
        (kept[0] / "small-0001" / "trace.jsonl").read_bytes().rpartition(b"{")[0][:-9]
    )
    assert ask(tmp_path) == Exit.OK
    out, err = capsys.readouterr()
    assert "r1" in out
    assert out.splitlines()[0].endswith("not answered (rest:1)")
    assert "has not ended, or was cut short" in err
