"""Check that a client's variables point at the simulator and nowhere else."""

from pathlib import Path

from kiwoom_sim.launch.environment import changed, with_addresses

ADDRESSES = {
    "rest": "http://127.0.0.1:1", "ws": "ws://127.0.0.1:2", "tls": "https://127.0.0.1:3",
    "control": "http://127.0.0.1:4", "run": "a-1",
}  # fmt: skip


def test_our_variables_and_those_of_public_clients_are_there() -> None:
    made = with_addresses({"PATH": "/bin"}, ADDRESSES, Path("ca.pem"))
    assert made["PATH"] == "/bin"
    assert made["KIWOOM_SIM_REST_URL"] == made["KIWOOM_BASE_URL"] == "http://127.0.0.1:1"
    assert made["KIWOOM_SIM_WS_URL"] == "ws://127.0.0.1:2"
    assert made["KIWOOM_WS_URL"] == "ws://127.0.0.1:2/api/dostk/websocket"
    assert made["KIWOOM_SIM_TLS_URL"] == "https://127.0.0.1:3"
    assert made["KIWOOM_SIM_CONTROL_URL"] == "http://127.0.0.1:4"
    assert made["KIWOOM_SIM_RUN"] == "a-1"
    assert made["KIWOOM_SIM_CA_FILE"] == "ca.pem"


def test_an_old_address_does_not_survive() -> None:
    made = with_addresses({"KIWOOM_BASE_URL": "https://api.kiwoom.com"}, ADDRESSES, Path("ca.pem"))
    assert "https://api.kiwoom.com" not in made.values()


def test_keys_are_given_only_where_there_are_none() -> None:
    made = with_addresses({"KIWOOM_APPKEY": "mine"}, ADDRESSES, Path("ca.pem"))
    assert made["KIWOOM_APPKEY"] == "mine"
    assert "KIWOOM_APP_KEY" not in made
    assert made["KIWOOM_APP_SECRET"] == "simulated-secret"


def test_what_we_set_for_ourselves_is_not_handed_on() -> None:
    inherited = {"_TYPER_FORCE_DISABLE_TERMINAL": "1"}
    assert inherited.keys().isdisjoint(with_addresses(inherited, ADDRESSES, Path("ca.pem")))


def test_a_variable_can_be_taken_away() -> None:
    assert changed({"a": "1", "b": "2"}, {"a": None, "c": "3", "d": None}) == {"b": "2", "c": "3"}
