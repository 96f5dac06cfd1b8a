"""Check that `cert` writes what clients of the TLS door trust."""

import json
import shlex
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.launch.authority import Authority
from kiwoom_sim.testing.background import BackgroundSimulator


def test_it_writes_the_authority_of_the_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written, runs = tmp_path / "ca.pem", tmp_path / "runs"
    assert main(["cert", "--output", str(written), "--runs", str(runs)]) == Exit.OK
    assert written.read_bytes() == Authority(runs / "ca").certificate
    ssl.create_default_context(cafile=str(written))
    told = capsys.readouterr()
    for client in ("requests", "aiohttp", "curl", "Node", "Java", ".NET", "Firefox", "a container"):
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


PYTHON = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=30).status)"
NODE = "fetch(process.argv[1]).then(answer => console.log(answer.status))"


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="words of a POSIX shell")
def test_clients_that_do_as_they_are_told_trust_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "ca.pem"
    small = {"market.symbols": ["005930"]}
    with BackgroundSimulator(overrides=small, runs=tmp_path) as simulator:
        arguments = ["cert", "-o", str(written), "--runs", str(tmp_path), "--json"]
        assert main(arguments) == Exit.OK
        trust = json.loads(capsys.readouterr().out)["result"]["trust"]
        url = simulator.running.tls_url.replace("127.0.0.1", "localhost") + "/health"
        programs = {
            "curl": trust["curl"].replace("https://localhost:5119/health", f"-sS {url}"),
            "Python": trust["Python"].replace(
                "python client.py", shlex.join([sys.executable, "-c", PYTHON, url])
            ),
            "Node": trust["Node"].replace("client.js", shlex.join(["-e", NODE, url])),
        }
        said = {
            name: subprocess.run(
                ["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False
            ).stdout
            for name, line in programs.items()
            if shutil.which(name.lower()) or name == "Python"
        }
    assert '"healthy"' in said.pop("curl", '"healthy"')
    assert set(said.values()) == {"200\n"}
