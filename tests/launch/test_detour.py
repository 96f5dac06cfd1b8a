"""Check the variables that lead a client to the proxy and the shims."""

import json

from kiwoom_sim.launch.detour import VARIABLE, variables
from kiwoom_sim.launch.trust import SHIM

PROXY, BROKER = ("127.0.0.1", 1), ("127.0.0.1", 2)


def test_every_spelling_of_a_proxy_is_ours() -> None:
    made = variables(PROXY, BROKER, [("db", 3)], {})
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY", "wss_proxy"):
        assert made[name] == "http://127.0.0.1:1"
    assert "127.0.0.1" in made["NO_PROXY"]
    rule = json.loads(made[VARIABLE])
    assert rule["to"] == ["127.0.0.1", 2]
    assert rule["allowed"] == [["db", 3]]
    assert "api.kiwoom.com" in rule["names"]


def test_node_runs_our_shim_after_what_it_runs_anyway() -> None:
    assert (SHIM / "detour.cjs").is_file()
    alone = variables(PROXY, BROKER, (), {})["NODE_OPTIONS"]
    assert alone == f'--require "{SHIM / "detour.cjs"}"'
    assert variables(PROXY, BROKER, (), {"NODE_OPTIONS": "-x"})["NODE_OPTIONS"] == f"-x {alone}"
