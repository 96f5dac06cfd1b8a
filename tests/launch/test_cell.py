"""Check what an isolated client would find: names, ports and files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.launch import cell
from kiwoom_sim.launch.authority import Authority
from kiwoom_sim.launch.cell import Cell, Opening, build, parse_allowed

DOORS = {
    "rest": "http://127.0.0.1:5116", "ws": "ws://127.0.0.1:5117", "tls": "https://127.0.0.1:5119",
}  # fmt: skip

Make = Callable[..., Cell]


@pytest.fixture(scope="module")
def certificate() -> bytes:
    return Authority(None).certificate


@pytest.fixture
def made(tmp_path: Path, certificate: bytes, monkeypatch: pytest.MonkeyPatch) -> Make:
    system = tmp_path / "system"
    system.mkdir()
    (system / "hosts").write_text("127.0.0.1 localhost\n203.0.113.9 API.kiwoom.com other # x\n")
    (system / "nsswitch.conf").write_text("passwd: files\nhosts:   resolve [!UNAVAIL=return] dns\n")
    (system / "nscd").mkdir()
    monkeypatch.setattr(cell, "HOSTS", system / "hosts")
    monkeypatch.setattr(cell, "RESOLVERS", system / "nsswitch.conf")
    monkeypatch.setattr(cell, "CACHES", (system / "nscd", system / "none"))
    place = tmp_path / "place"
    place.mkdir()

    def make(*allowed: str, doors: dict[str, str] = DOORS) -> Cell:
        return build(place, doors, parse_allowed(allowed), certificate)

    return make


def covering(made: Cell, name: str) -> str:
    """Return what a file of the system says inside."""
    ours = {Path(theirs).name: ours for ours, theirs in made.mounts}
    return Path(ours[name]).read_text()


def test_the_broker_and_the_doors_are_there(made: Make) -> None:
    inside = made()
    assert inside.openings == (
        Opening(host="127.0.0.1", port=443),
        Opening(host="127.0.0.1", port=10_000),
        Opening(host="127.0.0.1", port=5116, to=("127.0.0.1", 5116)),
        Opening(host="127.0.0.1", port=5117, to=("127.0.0.1", 5117)),
        Opening(host="127.0.0.1", port=5119),
    )
    assert inside.addresses == ()


def test_names_lead_to_us_and_nowhere_else(made: Make) -> None:
    inside = made()
    hosts = covering(inside, "hosts").splitlines()
    assert "127.0.0.1\tapi.kiwoom.com" in hosts
    assert "127.0.0.1\tmockapi.kiwoom.com" in hosts
    assert "127.0.0.1 localhost" in hosts
    assert "203.0.113.9" not in covering(inside, "hosts")
    assert covering(inside, "nsswitch.conf") == "passwd: files\nhosts: files\n"
    assert any(theirs.endswith("/nscd") for _, theirs in inside.mounts)


def test_proxies_are_forgotten_and_certificates_known(made: Make) -> None:
    variables = made().variables
    assert variables["HTTPS_PROXY"] is None
    assert variables["all_proxy"] is None
    bundle = variables["SSL_CERT_FILE"]
    assert bundle is not None
    assert "BEGIN CERTIFICATE" in Path(bundle).read_text()


def test_what_is_allowed_keeps_its_name_and_port(made: Make) -> None:
    names = ("localhost:5432", "db.internal:5432", "DB.internal:6379", "cache:5432")
    inside = made(*names, "10.1.2.3:80")
    further = inside.openings[5:]
    assert further == (
        Opening(host="127.0.0.1", port=5432, to=("localhost", 5432)),
        Opening(host="127.77.0.1", port=5432, to=("db.internal", 5432)),
        Opening(host="127.77.0.1", port=6379, to=("db.internal", 6379)),
        Opening(host="127.77.0.2", port=5432, to=("cache", 5432)),
        Opening(host="10.1.2.3", port=80, to=("10.1.2.3", 80)),
    )
    assert inside.addresses == ("10.1.2.3",)
    assert "127.77.0.2\tcache" in covering(inside, "hosts")


def test_doors_elsewhere_are_found_where_they_are(made: Make) -> None:
    doors = {"rest": "http://192.0.2.5:1", "ws": "ws://[::1]:2", "tls": "https://192.0.2.5:3"}
    inside = made(doors=doors)
    assert inside.openings[2:] == (
        Opening(host="192.0.2.5", port=1, to=("192.0.2.5", 1)),
        Opening(host="::1", port=2, to=("::1", 2)),
        Opening(host="192.0.2.5", port=3),
    )
    assert inside.addresses == ("192.0.2.5",)


@pytest.mark.parametrize("text", ["localhost:5116", "127.0.0.1:443"])
def test_a_door_and_a_service_cannot_share_a_port(made: Make, text: str) -> None:
    with pytest.raises(ScenarioError, match="a door of the simulator"):
        made(text)


@pytest.mark.parametrize("text", ["", "host", "host:", "host:0", "host:65536", "a b:1", "[::1]:5"])
def test_what_names_no_service_is_told(text: str) -> None:
    with pytest.raises(ScenarioError, match="HOST:PORT"):
        parse_allowed([text])


@pytest.mark.parametrize("text", ["api.kiwoom.com:443", "MOCKAPI.kiwoom.com:10000"])
def test_the_broker_is_never_let_through(text: str) -> None:
    with pytest.raises(ScenarioError, match="never"):
        parse_allowed([text])


def test_a_system_without_these_files_has_none_to_cover(
    tmp_path: Path, certificate: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOSTS", "RESOLVERS"):
        monkeypatch.setattr(cell, name, tmp_path / "none")
    place = tmp_path / "place"
    place.mkdir()
    inside = build(place, DOORS, (), certificate)
    assert "api.kiwoom.com" in covering(inside, "none")
