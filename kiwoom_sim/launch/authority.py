"""Sign certificates for the broker's names, with an authority that nobody trusts by itself.

The authority is made when it is first needed and kept with the runs, so that a client that was
told to trust it once goes on to; deleting its directory makes a new one. Its key could sign any
name: trust it in a client, never in a whole system.

```text
kiwoom-sim-runs/ca/
  ca.pem          what a client has to trust
  authority.pem   key and certificate; only for whoever runs the simulator
```
"""

import os
import ssl
import tempfile
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kiwoom_sim.errors import StartError

if TYPE_CHECKING:
    import trustme

DIRECTORY = "ca"
BROKER_NAMES = ("api.kiwoom.com", "mockapi.kiwoom.com")
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_NAMES_MAX = 64
"""How many further names clients may ask for, in one run."""


class Authority:
    """Hold an authority; nothing is made or read before it is asked for something.

    Attributes:
        directory: Where it is kept; None = it ends with this process.
    """

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    @property
    def certificate(self) -> bytes:
        """Return what a client has to trust, as PEM.

        Raises:
            StartError: It cannot be kept or read.
        """
        with self._lock:
            pem: bytes = self._ca.cert_pem.bytes()
            return pem

    def server_context(self) -> ssl.SSLContext:
        """Return what a server needs; it answers to whatever name a client asks for.

        Raises:
            StartError: The authority cannot be kept or read.
        """
        with self._lock:
            context = self._issue(*BROKER_NAMES, *LOCAL_NAMES)
        context.sni_callback = self._choose
        return context

    def _choose(
        self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext
    ) -> None:
        """Give a connection a certificate of the name it asks for, if that is not one of ours."""
        if name is None or name in (*BROKER_NAMES, *LOCAL_NAMES):
            return
        with self._lock:
            if name not in self._contexts and len(self._contexts) < _NAMES_MAX:
                with suppress(ValueError):  # no name that a certificate can hold
                    self._contexts[name] = self._issue(name)
            connection.context = self._contexts.get(name, connection.context)

    def _issue(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names).configure_cert(context)
        context.set_alpn_protocols(["http/1.1"])
        return context

    @cached_property
    def _ca(self) -> "trustme.CA":
        if self.directory is None:
            return _new_ca()
        try:
            return _kept_ca(self.directory)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise StartError(f"{self.directory}: no usable authority: {reason}") from error


def _new_ca() -> "trustme.CA":
    import trustme  # noqa: PLC0415 - takes 0.1 s

    return trustme.CA(organization_name="kiwoom-sim", organization_unit_name="throw-away CA")


def _kept_ca(directory: Path) -> "trustme.CA":
    """Return the authority of a directory, making it if nobody has."""
    import trustme  # noqa: PLC0415 - takes 0.1 s

    kept = directory / "authority.pem"
    if not kept.exists():
        _keep(_new_ca(), kept)
    key, end, certificate = kept.read_bytes().partition(b"-----BEGIN CERTIFICATE-----")
    if not end:
        raise ValueError(f"{kept.name} holds no certificate")
    return trustme.CA.from_pem(end + certificate, key)


def _keep(ca: "trustme.CA", kept: Path) -> None:
    """Write an authority; whoever else writes it at the same time, the first one stays."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    (kept.parent / ".gitignore").write_text("*\n")
    handle, draft = tempfile.mkstemp(dir=kept.parent)  # readable for nobody else
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(ca.private_key_pem.bytes() + ca.cert_pem.bytes())
        try:
            os.link(draft, kept)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            Path(draft).replace(kept)
            draft = ""
        (kept.parent / "ca.pem").write_bytes(ca.cert_pem.bytes())
    finally:
        if draft:
            Path(draft).unlink()
