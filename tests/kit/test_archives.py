import gzip
import io
import random
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.errors import KitError
from kiwoom_sim.kit.archives import (
    FILE_BYTES_MAX,
    FILES_MAX,
    TOTAL_BYTES_MAX,
    is_archive,
    pack,
    read_archive,
)
from kiwoom_sim.kit.names import path_problem
from tests.kit.builders import entries, tarred, zipped

FILES = {name: text.encode() for name, text in entries()}


def refused(path: Path) -> str:
    with pytest.raises(KitError) as caught:
        read_archive(path)
    return str(caught.value)


@pytest.mark.parametrize("ending", [".zip", ".tar.gz", ".tgz"])
def test_what_is_packed_is_read_back_and_the_same_files_are_the_same_bytes(
    ending: str, tmp_path: Path
) -> None:
    content = pack(FILES, "morning", ending)
    shuffled = list(FILES.items())
    random.Random(1).shuffle(shuffled)
    assert pack(dict(shuffled), "morning", ending) == content
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)
    assert is_archive(path)
    assert dict(read_archive(path)) == {f"morning/{name}": text for name, text in FILES.items()}


def test_ordinary_tools_read_what_is_packed(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(pack(FILES, "m", ".zip"))) as archive:
        assert archive.testzip() is None
    with tarfile.open(fileobj=io.BytesIO(pack(FILES, "m", ".tar.gz"))) as tar:
        assert {(member.uid, member.mtime, member.mode) for member in tar} == {(0, 0, 0o644)}


def test_an_archive_of_the_directory_itself_is_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
        (tmp_path / "kit.toml").write_text("x")
        tar.add(tmp_path, ".", filter=lambda m: m if m.name in {".", "./kit.toml"} else None)
    assert read_archive(tmp_path / "a.tgz") == [("kit.toml", b"x")]


@pytest.mark.parametrize("name", ["../evil.toml", "/evil.toml", "a/../../evil.toml", "NUL"])
def test_paths_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    both = [*entries("m"), (name, "x")]
    assert "evil" in refused(zipped(tmp_path / "a.zip", both)) or name == "NUL"
    assert repr(name) in refused(tarred(tmp_path / "a.tar.gz", both))


def test_names_that_hide_something_are_refused(tmp_path: Path) -> None:
    assert "backslash" in refused(zipped(tmp_path / "a.zip", [("..\\evil.toml", "x")]))
    assert "control" in refused(zipped(tmp_path / "b.zip", [("kit.toml\0.md", "x")]))


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
        tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE,
    ],
)  # fmt: skip
def test_links_and_devices_in_a_tar_are_refused(kind: bytes, tmp_path: Path) -> None:
    assert refused(tarred(tmp_path / "a.tar.gz", [("kit.toml", "")], kind=kind))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO])
def test_links_and_devices_in_a_zip_are_refused(kind: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("kit.toml", "/etc/passwd")], mode=kind | 0o777)
    assert "no regular file" in refused(path)


def test_what_grows_without_end_is_refused(tmp_path: Path) -> None:
    big = zipfile.ZipInfo("big.md")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(big, b"\0" * (FILE_BYTES_MAX + 1), zipfile.ZIP_DEFLATED)
    assert "'big.md' is larger than" in refused(tmp_path / "a.zip")
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(b"\0" * (TOTAL_BYTES_MAX * 2), 1))
    assert "when unpacked" in refused(tmp_path / "a.tar.gz")
    many = [(f"n{number}.md", "x") for number in range(FILES_MAX + 1)]
    assert "more than 500 entries" in refused(zipped(tmp_path / "b.zip", many))
    assert "more than 500 entries" in refused(tarred(tmp_path / "b.tar.gz", many))
    parts = [(f"n{number}.md", "x" * FILE_BYTES_MAX) for number in range(11)]
    assert "10,000,000 bytes" in refused(zipped(tmp_path / "c.zip", parts))
    (tmp_path / "d.zip").write_bytes(b"\0" * (TOTAL_BYTES_MAX + 1))
    assert "larger than" in refused(tmp_path / "d.zip")


def test_a_size_that_is_a_lie_is_found_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("kit.toml", "x" * 100)])
    content = path.read_bytes()
    path.write_bytes(content.replace((100).to_bytes(4, "little"), (3).to_bytes(4, "little")))
    assert refused(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("kit.toml", "x")])
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    assert "is encrypted" in refused(path)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "a.zip")


def test_a_negative_size_in_a_tar_ends(tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tar.gz", entries())
    plain = bytearray(gzip.decompress(path.read_bytes()))
    plain[124:136] = b"\xff" * 11 + b"\x00"  # minus 256
    plain[148:156] = b" " * 8
    plain[148:156] = b"%06o\0 " % sum(plain[:512])
    path.write_bytes(gzip.compress(bytes(plain)))
    assert refused(path)


@given(st.data(), st.sampled_from([".zip", ".tar.gz"]), st.integers(1, 8))
def test_damaged_archives_are_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, ending: str, hits: int
) -> None:
    whole = pack(FILES, "m", ending)
    content = bytearray(gzip.decompress(whole) if ending == ".tar.gz" else whole)
    for _ in range(hits):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    damaged = bytes(content[:cut] if cut % 3 == 0 else content)
    path = tmp_path_factory.mktemp("damaged") / f"a{ending}"
    path.write_bytes(gzip.compress(damaged, 1) if ending == ".tar.gz" else damaged)
    try:
        found = read_archive(path)
    except KitError:
        return
    assert all(path_problem(name) == "" for name, _ in found)


@given(st.binary(max_size=300), st.sampled_from([".zip", ".tar.gz"]))
def test_anything_called_an_archive_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    path = tmp_path_factory.mktemp("noise") / f"a{ending}"
    path.write_bytes(content)
    with pytest.raises(KitError):
        read_archive(path)
