"""Check that an authority is made once, kept safely, and signs what clients accept."""

import ssl
import stat
import sys
from pathlib import Path

import pytest

from kiwoom_sim.errors import StartError
from kiwoom_sim.launch.authority import Authority


def hands_shaken(server: ssl.SSLContext, pem: bytes, name: str) -> bool:
    """Return whether a client that trusts a certificate accepts a server by a name."""
    client = ssl.create_default_context(cadata=pem.decode())
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        server.wrap_bio(to_server, to_client, server_side=True),
        client.wrap_bio(to_client, to_server, server_hostname=name),
    ]
    for _ in range(8):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return sides[1].version() is not None


def test_clients_that_trust_it_accept_every_name() -> None:
    signer = Authority(None)
    server = signer.server_context()
    for name in ("api.kiwoom.com", "mockapi.kiwoom.com", "localhost", "127.0.0.1", "sim.internal"):
        assert hands_shaken(server, signer.certificate, name), name


def test_others_do_not() -> None:
    assert not hands_shaken(
        Authority(None).server_context(), Authority(None).certificate, "localhost"
    )


def test_it_is_kept_for_the_next_run(tmp_path: Path) -> None:
    first = Authority(tmp_path / "ca").certificate
    assert Authority(tmp_path / "ca").certificate == first
    assert (tmp_path / "ca" / "ca.pem").read_bytes() == first
    assert b"PRIVATE" not in first
    assert hands_shaken(Authority(tmp_path / "ca").server_context(), first, "api.kiwoom.com")


@pytest.mark.skipif(sys.platform == "win32", reason="other permissions there")
def test_nobody_else_reads_its_key(tmp_path: Path) -> None:
    assert Authority(tmp_path).certificate
    assert stat.S_IMODE((tmp_path / "authority.pem").stat().st_mode) == 0o600
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_of_two_that_are_made_at_once_the_first_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Authority(tmp_path).certificate
    real, looks = Path.exists, []

    def exists(path: Path) -> bool:
        looks.append(path)
        return len(looks) > 1 and real(path)

    monkeypatch.setattr(Path, "exists", exists)
    assert Authority(tmp_path).certificate == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".gitignore", "authority.pem", "ca.pem",
    ]  # fmt: skip


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN CERTIFICATE-----\nx"])
def test_a_damaged_one_is_told(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "authority.pem").write_bytes(damage)
    with pytest.raises(StartError, match="no usable authority"):
        _ = Authority(tmp_path).certificate
