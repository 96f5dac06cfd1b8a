"""Let one client trust our authority beside the system's, and nobody else.

Every language looks elsewhere: OpenSSL's users at the system's bundle, certifi's at its own file,
Node at a list inside its program, Java at a key store. Variables tell those that ask; for an
isolated client, files of ours also cover the system's in its mount namespace.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

BUNDLES = tuple(
    Path(name)
    for name in (
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
        "/usr/local/share/certs/ca-root-nss.crt",
    )
)
"""Where systems keep the authorities they trust, in one file."""

BUNDLE_VARIABLES = (
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "HTTPLIB2_CA_CERTS",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "DENO_CERT",
)  # fmt: skip
"""Variables that name a bundle to trust instead of the system's."""

JAVA_STORES = ("/etc/ssl/certs/java/cacerts", "/usr/lib/jvm/*/lib/security/cacerts")
SHIM = Path(__file__).with_name("shim")
"""Directory with what Python and Node run first, if told to."""


class Trusted(Struct, frozen=True, kw_only=True):
    """Hold what makes a client trust our authority.

    Attributes:
        variables: Variables to set.
        mounts: Files to put over the system's, where that is possible: (ours, the system's).
    """

    variables: dict[str, str]
    mounts: tuple[tuple[str, str], ...]


def prepare(
    place: Path, certificate: bytes, environment: Mapping[str, str] = os.environ
) -> Trusted:
    """Write the files that a client needs to trust an authority.

    Args:
        place: Directory for them, for as long as the client runs.
        certificate: The authority, as PEM.
        environment: Variables it has anyway.
    """
    alone, bundle = place / "ca.pem", place / "ca-bundle.pem"
    alone.write_bytes(certificate)
    system = [path for path in BUNDLES if path.is_file()]
    known = system[0].read_bytes().rstrip() + b"\n" if system else b""
    bundle.write_bytes(known + certificate)
    mounts = dict.fromkeys((str(path.resolve()) for path in system), str(bundle))
    stores = list(_java_stores(environment))
    if stores:
        store = place / "cacerts.p12"
        store.write_bytes(java_store(certificate))
        mounts |= dict.fromkeys(stores, str(store))
    inherited = environment.get("PYTHONPATH")
    variables = {
        **dict.fromkeys(BUNDLE_VARIABLES, str(bundle)),
        "NODE_EXTRA_CA_CERTS": str(alone),
        "PYTHONPATH": os.pathsep.join([str(SHIM), *([inherited] if inherited else [])]),
    }
    return Trusted(
        variables=variables, mounts=tuple((ours, theirs) for theirs, ours in mounts.items())
    )


def _java_stores(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the key stores of every Java that is installed where one usually is."""
    home = environment.get("JAVA_HOME")
    named = [Path(home, "lib/security/cacerts")] if home else []
    found = [*named, *(path for glob in JAVA_STORES for path in Path("/").glob(glob[1:]))]
    yield from dict.fromkeys(str(path.resolve()) for path in found if path.is_file())


def java_store(certificate: bytes) -> bytes:
    """Return a key store (PKCS 12) that Java reads without a password; nothing else is in it."""
    from cryptography import x509  # noqa: PLC0415 - slow to load
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - slow to load
        NoEncryption,
        pkcs12,
    )

    ours = pkcs12.PKCS12Certificate(x509.load_pem_x509_certificate(certificate), b"kiwoom-sim")
    return pkcs12.serialize_java_truststore([ours], NoEncryption())
