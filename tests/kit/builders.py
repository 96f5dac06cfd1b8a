"""Write kits for tests, good ones and hostile ones."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path

MANIFEST = """
schema = 1
name = "morning"
version = "1.2"
author = "홍길동"
description = "Opening storms"
"""
BASE = 'schema = 1\nextends = "rate_limit"\ndescription = "A storm"\n'
STORM = 'schema = 1\nextends = "base.toml"\nseed = 5\n'
FILES = {"kit.toml": MANIFEST, "base.toml": BASE, "storm.toml": STORM, "README.md": "Hello"}


def directory(home: Path, **changes: str) -> Path:
    """Write the kit "morning" with changed files (`base_toml = ...`; "" leaves one out)."""
    home.mkdir(parents=True)
    changed = {name.replace("_toml", ".toml"): text for name, text in changes.items()}
    for name, text in {**FILES, **changed}.items():
        if text:
            (home / name).write_text(text, encoding="utf-8")
    return home


def zipped(path: Path, entries: list[tuple[str, str]], *, mode: int = stat.S_IFREG | 0o644) -> Path:
    """Write a .zip of names as they are."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in entries:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            info.create_system, info.external_attr = 3, mode << 16
            archive.writestr(info, text)
    return path


def tarred(path: Path, entries: list[tuple[str, str]], *, kind: bytes = tarfile.REGTYPE) -> Path:
    """Write a .tar.gz of names as they are; links point to /etc/passwd."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in entries:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            content = text.encode() if kind == tarfile.REGTYPE else b""
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def entries(top: str = "") -> list[tuple[str, str]]:
    """Return the files of the kit "morning", in a directory if one is named."""
    return [(f"{top}/{name}" if top else name, text) for name, text in FILES.items()]
