"""Check what `replay` says and how it exits."""

import json
from pathlib import Path

import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from tests.servers.doors import Client, tell


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("runs")

    async def story(client: Client) -> None:
        await client.login()
        await client.quote()

    tell(story, runs=runs)
    return runs / "small-0001"


def test_the_same_bytes_are_told(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", run.name, "--runs", str(run.parent), "--check"]) == Exit.OK
    told = capsys.readouterr().out
    assert "rest.bodies" in told
    assert "the same bytes again" in told
    assert main(["replay", str(run), "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["result"]["same"] is True


def test_a_difference_is_shown_and_fails_the_check(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = json.loads((run / "digests.json").read_text())
    digests["rest.bodies"]["sha256"] = "0"
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("trace.jsonl", "scenario.toml"):
        (copy / name).write_bytes((run / name).read_bytes())
    (copy / "digests.json").write_text(json.dumps(digests))
    assert main(["replay", str(copy), "--check"]) == Exit.DIVERGED
    assert "differs rest.bodies" in capsys.readouterr().out
    assert main(["replay", str(copy)]) == Exit.OK


def test_a_run_that_was_cut_short_has_nothing_to_compare_with(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut-0001"
    cut.mkdir()
    (cut / "scenario.toml").write_bytes((run / "scenario.toml").read_bytes())
    trace = (run / "trace.jsonl").read_bytes()
    (cut / "trace.jsonl").write_bytes(trace[: len(trace) - 5])
    assert main(["replay", str(cut)]) == Exit.OK
    told = capsys.readouterr()
    assert "made    rest.bodies" in told.out
    assert "cut-0001: has not ended, or was cut short" in told.err
    assert "nothing to compare with" in told.err
    assert main(["replay", str(cut), "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["result"]["same"] is None
    assert main(["replay", str(cut), "--check"]) == Exit.USAGE
    told = capsys.readouterr()
    assert "no digests to compare with" in told.err
    assert "--check" in told.err
    assert told.out == ""


def test_what_is_no_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "nowhere", "--runs", str(tmp_path)]) == Exit.USAGE
    assert "nowhere" in capsys.readouterr().err
    for options in ([], ["--check"]):
        assert main(["replay", str(tmp_path), *options]) == Exit.USAGE
        assert "trace.jsonl" in capsys.readouterr().err
