"""Read and write archives of kits: .zip, .tar.gz.

Nothing is unpacked to a disk here. Reading gives the bytes of regular files by path, or refuses
the archive; no link, device or oversized file gets through. Writing gives the same bytes for the
same files.
"""

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kiwoom_sim.errors import KitError
from kiwoom_sim.kit.names import path_problem

Files = dict[str, bytes]
"""Content of regular files, by path with slashes."""

Entries = list[tuple[str, bytes]]
"""The same as it comes; a path may come twice."""

FILES_MAX: Final = 500
FILE_BYTES_MAX: Final = 1_000_000
TOTAL_BYTES_MAX: Final = 10_000_000
_TAR_BYTES_MAX: Final = TOTAL_BYTES_MAX + FILES_MAX * 2_048

ENDINGS: Final = (".zip", ".tar.gz", ".tgz")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644
_BROKEN = (
    OSError, EOFError, ValueError, RuntimeError, NotImplementedError, OverflowError, KeyError,
    zlib.error, zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip
"""What the libraries raise on damaged archives; RuntimeError holds RecursionError."""


def is_archive(path: Path) -> bool:
    """Return whether a path is called like an archive."""
    return path.name.lower().endswith(ENDINGS)


def read_archive(path: Path) -> Entries:
    """Return the files in an archive, in its order.

    Raises:
        KitError: It cannot be read, or holds what must not be unpacked.
    """
    try:
        with path.open("rb") as file:
            content = file.read(TOTAL_BYTES_MAX + 1)
    except OSError as error:
        raise KitError((f"{path}: {error.strerror}",)) from error
    if len(content) > TOTAL_BYTES_MAX:
        raise KitError((f"{path}: larger than {TOTAL_BYTES_MAX:,} bytes",))
    read = _read_zip if path.name.lower().endswith(".zip") else _read_tar
    try:
        return read(content, str(path))
    except _BROKEN as error:
        raise KitError((f"{path}: no archive that can be read ({error})",)) from error


class _Intake:
    """Take entries as long as they are few, small and harmless."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._count = 0
        self._bytes = 0
        self.entries: Entries = []

    def announce(self, path: str, size: int, *, oddity: str = "") -> None:
        """Take the head of an entry, before its content is read.

        Raises:
            KitError: It must not be unpacked.
        """
        self._count += 1
        self._bytes += size
        why = path_problem(path) or oddity
        if size < 0 or size > FILE_BYTES_MAX:
            why = why or f"is larger than {FILE_BYTES_MAX:,} bytes"
        if why:
            raise KitError((f"{self._shown}: {path!r} {why}",))
        if self._count > FILES_MAX or self._bytes > TOTAL_BYTES_MAX:
            limits = f"{FILES_MAX} entries or {TOTAL_BYTES_MAX:,} bytes"
            raise KitError((f"{self._shown}: more than {limits}",))

    def add(self, path: str, content: bytes, size: int) -> None:
        """Take the content of a file.

        Raises:
            KitError: It is not as long as was announced.
        """
        if len(content) != size:
            raise KitError((f"{self._shown}: {path!r} is not as long as it says",))
        self.entries.append((path, content))


def _read_zip(content: bytes, shown: str) -> Entries:
    intake = _Intake(shown)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            oddity = "" if kind in {0, stat.S_IFREG, stat.S_IFDIR} else "is no regular file"
            if info.flag_bits & 1:
                oddity = "is encrypted"
            is_directory = info.orig_filename.endswith("/")
            name = _plain(info.orig_filename)
            if is_directory and not name:
                continue
            intake.announce(name, info.file_size, oddity=oddity)
            if is_directory:
                continue
            with archive.open(info) as stream:
                intake.add(name, stream.read(FILE_BYTES_MAX + 1), info.file_size)
    return intake.entries


def _read_tar(content: bytes, shown: str) -> Entries:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
        plain = packed.read(_TAR_BYTES_MAX + 1)
    if len(plain) > _TAR_BYTES_MAX:
        raise KitError((f"{shown}: larger than {_TAR_BYTES_MAX:,} bytes when unpacked",))
    intake = _Intake(shown)
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
        for member in archive:
            is_file = member.type in {tarfile.REGTYPE, tarfile.AREGTYPE} and not member.issparse()
            oddity = "" if is_file or member.isdir() else "is no regular file"
            name = _plain(member.name)
            if member.isdir() and not name:
                continue
            intake.announce(name, member.size, oddity=oddity)
            if not is_file:
                continue
            stream = archive.extractfile(member)
            assert stream is not None
            intake.add(name, stream.read(FILE_BYTES_MAX + 1), member.size)
    return intake.entries


def _plain(name: str) -> str:
    """Return a name without the "./" that `tar -C kit .` puts in front; "" is the top itself."""
    return "" if name in {".", "./"} else name.removeprefix("./").removesuffix("/")


def pack(files: Mapping[str, bytes], top: str, ending: str) -> bytes:
    """Return an archive of files; the same files make the same bytes.

    Args:
        files: Content by path.
        top: Directory that all of them are in.
        ending: One of `ENDINGS`.
    """
    buffer = io.BytesIO()
    if ending == ".zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(files):
                info = zipfile.ZipInfo(f"{top}/{path}", _EPOCH)
                info.create_system, info.external_attr = 3, (stat.S_IFREG | _MODE) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, files[path])
        return buffer.getvalue()
    with (
        gzip.GzipFile("", "wb", 9, buffer, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in sorted(files):
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size, member.mode = len(files[path]), _MODE
            tar.addfile(member, io.BytesIO(files[path]))
    return buffer.getvalue()
