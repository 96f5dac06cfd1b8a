import json
import socket

import pytest

from kiwoom_sim.cli import doctor, health
from kiwoom_sim.cli.doctor import Finding
from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_SIM_LANG", "en")


def test_this_machine_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == Exit.OK
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["ready"]
    subjects = {finding["subject"] for finding in result["findings"]}
    assert {"python", "litestar", "uvloop", "port 5116 (rest)", "scenarios"} <= subjects


def test_a_missing_package_is_bad_unless_it_only_makes_things_faster() -> None:
    assert doctor._package("no-such-package", needed=True).state == "bad"
    assert doctor._package("no-such-package", needed=False).state == "note"


def test_a_package_that_is_not_installed_as_one_is_found_too() -> None:
    assert doctor._package("json", needed=True).detail == "of unknown version"


def test_a_busy_port_is_noted_with_the_way_out() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        finding = doctor._port("ws", busy.getsockname()[1])
    assert finding.state == "note"
    assert finding.detail.startswith("Address already in use")
    assert "--ws-port" in finding.detail


def test_a_port_where_a_simulator_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def healthy(door: str, url: str, _timeout_s: float) -> health.Health:
        return health.Health(door=door, url=url, state="healthy", latency_ms=1.0)

    monkeypatch.setattr(health, "ask", healthy)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        finding = doctor._port("rest", busy.getsockname()[1])
    assert "a kiwoom-sim answers there already" in finding.detail


def test_scenarios_that_are_missing_are_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "shipped_scenarios", tuple)
    assert doctor._scenarios().state == "bad"


def test_what_is_bad_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Finding(subject="python", state="bad", detail="3.10")
    monkeypatch.setattr(doctor, "examine", lambda: iter([bad]))
    assert main(["doctor"]) == Exit.CANNOT_START
    out, err = capsys.readouterr()
    assert out == "x\tpython\t3.10\n"
    assert "not ready" in err
