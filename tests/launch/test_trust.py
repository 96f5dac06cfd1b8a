"""Check that a client is told whom to trust, in every language, and nobody else is."""

import os
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from kiwoom_sim.launch import trust
from kiwoom_sim.launch.authority import Authority


@pytest.fixture(scope="module")
def certificate() -> bytes:
    return Authority(None).certificate


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificate: bytes) -> Path:
    system = tmp_path / "system"
    system.mkdir()
    (system / "bundle.pem").write_bytes(Authority(None).certificate)
    (system / "link.pem").symlink_to(system / "bundle.pem")
    bundles = (system / "none.pem", system / "bundle.pem", system / "link.pem")
    monkeypatch.setattr(trust, "BUNDLES", bundles)
    monkeypatch.setattr(trust, "JAVA_STORES", (f"{system}/java-*/cacerts",))
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


def test_the_bundle_adds_ours_to_the_systems(place: Path, certificate: bytes) -> None:
    trusted = trust.prepare(place, certificate, {})
    bundle = Path(trusted.variables["SSL_CERT_FILE"])
    assert len(ssl.create_default_context(cafile=str(bundle)).get_ca_certs()) == 2
    assert trusted.variables["REQUESTS_CA_BUNDLE"] == str(bundle)
    assert Path(trusted.variables["NODE_EXTRA_CA_CERTS"]).read_bytes() == certificate
    assert trusted.mounts == ((str(bundle), str(place.parent / "system" / "bundle.pem")),)


def test_a_system_without_a_bundle_trusts_ours(
    place: Path, certificate: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "BUNDLES", ())
    trusted = trust.prepare(place, certificate, {})
    assert Path(trusted.variables["SSL_CERT_FILE"]).read_bytes() == certificate
    assert trusted.mounts == ()


def test_java_gets_a_store_of_its_own(place: Path, certificate: bytes) -> None:
    system = place.parent / "system"
    for store in (system / "java-17" / "cacerts", system / "home" / "lib/security/cacerts"):
        store.parent.mkdir(parents=True)
        store.touch()
    trusted = trust.prepare(place, certificate, {"JAVA_HOME": str(system / "home")})
    covered = [theirs for ours, theirs in trusted.mounts if ours.endswith(".p12")]
    assert [Path(theirs).name for theirs in covered] == ["cacerts", "cacerts"]
    held = pkcs12.load_pkcs12((place / "cacerts.p12").read_bytes(), None)
    assert [each.friendly_name for each in held.additional_certs] == [b"kiwoom-sim"]


def test_python_runs_our_shim_first(place: Path, certificate: bytes) -> None:
    assert trust.prepare(place, certificate, {}).variables["PYTHONPATH"] == str(trust.SHIM)
    inherited = trust.prepare(place, certificate, {"PYTHONPATH": "mine"}).variables["PYTHONPATH"]
    assert inherited == os.pathsep.join([str(trust.SHIM), "mine"])
    assert (trust.SHIM / "sitecustomize.py").is_file()
