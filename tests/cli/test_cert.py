"""Check that `cert` writes what clients of the TLS door trust."""

import json
import ssl
from pathlib import Path

import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.launch.authority import Authority


def test_it_writes_the_authority_of_the_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written, runs = tmp_path / "ca.pem", tmp_path / "runs"
    assert main(["cert", "--output", str(written), "--runs", str(runs)]) == Exit.OK
    assert written.read_bytes() == Authority(runs / "ca").certificate
    ssl.create_default_context(cafile=str(written))
    told = capsys.readouterr()
    for client in ("requests", "httpx", "aiohttp", "curl", "Node", "Java", ".NET"):
        assert client in told.out
    assert str(written) in told.out
    assert "wss://" in told.err


def test_the_envelope_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "ca.pem"
    assert main(["cert", "-o", str(written), "--runs", str(tmp_path), "--json"]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["ca"] == str(written)
    assert str(written) in result["trust"]["curl"]


def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["cert", "-o", str(tmp_path / "none" / "ca.pem"), "--runs", str(tmp_path)]
    assert main(arguments) == Exit.CANNOT_START
    assert "none" in capsys.readouterr().err
