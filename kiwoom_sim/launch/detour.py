"""Lead a client that is not isolated to the simulator, as far as it lets itself be led.

Proxy variables reach most clients, the start-up shims of Python and Node most of the others:
they lead the broker's names to the TLS door and refuse every other place. A program that asks
neither is free, which is why isolation is the rule and this the exception.
"""

import json
from collections.abc import Collection, Mapping

from kiwoom_sim.launch.authority import BROKER_NAMES
from kiwoom_sim.launch.trust import SHIM
from kiwoom_sim.servers.relay import Address

PROXIES = ("http_proxy", "https_proxy", "ws_proxy", "wss_proxy", "all_proxy")
DIRECT = "localhost,127.0.0.1,::1"
VARIABLE = "KIWOOM_SIM_DETOUR"
"""Tells the shims what leads where, as JSON."""


def variables(
    proxy: Address, broker: Address, allowed: Collection[Address], environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that lead a client to us.

    Args:
        proxy: Where the proxy listens.
        broker: Where the broker's names lead: the TLS door.
        allowed: Services that may be reached.
        environment: Variables it has anyway.
    """
    url = f"http://{proxy[0]}:{proxy[1]}"
    names = [*PROXIES, *(name.upper() for name in PROXIES)]
    rule = {"names": BROKER_NAMES, "to": broker, "allowed": [list(each) for each in allowed]}
    node = f'--require "{SHIM / "detour.cjs"}"'
    inherited = environment.get("NODE_OPTIONS")
    return {
        **dict.fromkeys(names, url),
        **dict.fromkeys(("no_proxy", "NO_PROXY"), DIRECT),
        "NODE_OPTIONS": f"{inherited} {node}" if inherited else node,
        VARIABLE: json.dumps(rule),
    }
