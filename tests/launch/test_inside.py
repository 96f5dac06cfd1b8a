"""Check the parts of the script that changes nothing of this process; the rest is in isolation."""

import errno
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kiwoom_sim.launch import isolation

if sys.platform != "linux":
    pytest.skip("runs on Linux only", allow_module_level=True)

from kiwoom_sim.launch import inside


def test_it_listens_where_it_is_told() -> None:
    with inside.listen("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname(), timeout=10) as peer:
            accepted, _ = listener.accept()
            accepted.close()
            assert peer.recv(1) == b""
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    with inside.listen("::1", 0) as listener:
        assert listener.family == socket.AF_INET6


def test_a_message_may_come_in_parts() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.send(b'{"a":')
        ours.send(b"1}\n")
        assert json.loads(inside.receive(theirs)) == {"a": 1}
        ours.close()
        with pytest.raises(OSError, match="gone"):
            inside.receive(theirs)


def test_a_call_that_fails_says_why() -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        inside.call("mount", b"none", b"/no/such/place", None, inside.MS_BIND, None)
    assert caught.value.errno in {errno.ENOENT, errno.EPERM}


def test_a_request_for_an_address_is_what_the_kernel_reads() -> None:
    request = inside._address_request("lo:1", "10.1.2.3")
    assert request[:5] == b"lo:1\0"
    assert request[16:18] == int(socket.AF_INET).to_bytes(2, sys.byteorder)
    assert request[20:24] == bytes([10, 1, 2, 3])
    assert len(request) == 32


def test_it_starts_with_nothing_but_the_standard_library() -> None:
    script = Path(isolation.__file__).with_name("inside.py")
    code = f"import runpy, sys; runpy.run_path({str(script)!r}); print('kiwoom_sim' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
