"""Check where a Python client is led that ignores every proxy, in one of its own."""

import json
import os
import socket
import subprocess
import sys

import pytest

from kiwoom_sim.launch.shim.kiwoom_sim_detour import Detour, is_local
from kiwoom_sim.launch.trust import SHIM


@pytest.mark.parametrize("host", [None, "", "localhost", "127.9.9.9", "::1", "::1%lo"])
def test_this_machine_is_local(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["1.1.1.1", "example.com", "2606:4700::1"])
def test_others_are_not(host: object) -> None:
    assert not is_local(host)


def test_the_brokers_names_are_looked_up_as_ours() -> None:
    detour = Detour(
        {"names": ["api.kiwoom.com"], "to": ["127.0.0.1", 7], "allowed": [["localhost", 9]]}
    )
    for host in ("api.kiwoom.com", "API.kiwoom.com", b"api.kiwoom.com"):
        found = detour.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
        assert {entry[4] for entry in found} == {("127.0.0.1", 7)}
    assert detour.getaddrinfo("localhost", "9", type=socket.SOCK_STREAM)


CODE = """
import errno, json, socket
def result(host, port):
    try:
        with socket.create_connection((host, port), timeout=10) as sock:
            return sock.makefile().read()
    except OSError as error:
        is_name = isinstance(error, socket.gaierror)
        return "gaierror" if is_name else errno.errorcode[error.errno]
ours = ("api.kiwoom.com", 443), ("mockapi.kiwoom.com", 10000)
others = ("192.0.2.1", 443), ("example.com", 80)
found = [result(*place) for place in ours + others]
try:
    import uvloop
except ImportError:
    found.append("no uvloop")
print(json.dumps(found))
"""


def test_a_client_reaches_us_and_nothing_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        rule = {
            "names": ["api.kiwoom.com", "mockapi.kiwoom.com"],
            "to": listener.getsockname(),
            "allowed": [],
        }
        variables = {**os.environ, "PYTHONPATH": str(SHIM), "KIWOOM_SIM_DETOUR": json.dumps(rule)}
        with subprocess.Popen(
            [sys.executable, "-c", CODE], env=variables, stdout=subprocess.PIPE, text=True
        ) as client:
            listener.settimeout(30)
            for _ in range(2):
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(b"ours")
            said, _ = client.communicate(timeout=30)
    assert json.loads(said) == ["ours", "ours", "ENETUNREACH", "gaierror", "no uvloop"]
