"""Install a package of hooks for a test: a module, and the entry points that name its functions."""

import importlib
import sys
from pathlib import Path

import pytest


def write_package(home: Path, name: str, points: dict[str, str], code: str = "") -> None:
    """Write a module, and the metadata of a distribution with entry points.

    Args:
        home: Directory that is, or will be, on the path.
        name: Name of the module.
        points: Entry points of the group `kiwoom_sim.hooks`.
        code: Text of the module; "" = it is there already.
    """
    if code:
        (home / f"{name}.py").write_text(code, encoding="utf-8")
    info = home / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"{point} = {value}" for point, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[kiwoom_sim.hooks]", *lines]) + "\n")


def install(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, points: dict[str, str], code: str
) -> None:
    """Write a package and let this process find it, for as long as a test lasts."""
    write_package(home, name, points, code)
    monkeypatch.syspath_prepend(str(home))
    importlib.invalidate_caches()
    monkeypatch.delitem(sys.modules, name, raising=False)
