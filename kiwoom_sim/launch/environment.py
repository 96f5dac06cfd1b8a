"""Name the variables that tell a client where the simulator is.

Our own names are documented; the others are what public clients of the broker read. What tells a
client where the broker is wins over what the user has set, so that nobody reaches the real one by
an old setting. Keys are only given where there are none.
"""

from collections.abc import Mapping
from pathlib import Path

SOCKET_PATH = "/api/dostk/websocket"
REST_NAMES = ("KIWOOM_SIM_REST_URL", "KIWOOM_BASE_URL", "KIWOOM_API_BASE_URL", "KIWOOM_REST_URL")
SOCKET_NAMES = ("KIWOOM_SIM_WEBSOCKET_URL", "KIWOOM_WS_URL")
KEY_NAMES = ("KIWOOM_APP_KEY", "KIWOOM_APPKEY")
SECRET_NAMES = ("KIWOOM_APP_SECRET", "KIWOOM_SECRET_KEY", "KIWOOM_SECRETKEY")

_OURS_ALONE = {"_TYPER_FORCE_DISABLE_TERMINAL"}


def with_addresses(
    inherited: Mapping[str, str], addresses: Mapping[str, str], ca_file: Path
) -> dict[str, str]:
    """Return the variables of a client.

    Args:
        inherited: Variables it has anyway.
        addresses: Bases of the doors by `rest`, `ws`, `tls` and `control`, the id of the `run`.
        ca_file: Certificate of the authority of the TLS door, as PEM.
    """
    made = {name: value for name, value in inherited.items() if name not in _OURS_ALONE}
    made |= dict.fromkeys(REST_NAMES, addresses["rest"])
    made |= dict.fromkeys(SOCKET_NAMES, addresses["ws"] + SOCKET_PATH)
    made |= {
        "KIWOOM_SIM_WS_URL": addresses["ws"],
        "KIWOOM_SIM_TLS_URL": addresses["tls"],
        "KIWOOM_SIM_CONTROL_URL": addresses["control"],
        "KIWOOM_SIM_RUN": addresses["run"],
        "KIWOOM_SIM_CA_FILE": str(ca_file),
    }
    for names, value in ((KEY_NAMES, "simulated-key"), (SECRET_NAMES, "simulated-secret")):
        if not any(made.get(name) for name in names):
            made |= dict.fromkeys(names, value)
    return made


def changed(variables: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return variables of which some are changed; None takes one away."""
    made = {**variables, **changes}
    return {name: value for name, value in made.items() if value is not None}
