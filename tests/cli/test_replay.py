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


def test_what_is_no_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "nowhere", "--runs", str(tmp_path)]) == Exit.USAGE
    assert "nowhere" in capsys.readouterr().err
    assert main(["replay", str(tmp_path)]) == Exit.USAGE
