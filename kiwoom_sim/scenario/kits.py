"""Know where installed kits are: directories of scenarios with a manifest, one a kit.

Not for: their manifests, or installing them (the room `kit`).
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "KIWOOM_SIM_KITS"
"""Environment variable that names the directory of installed kits."""

MANIFEST = "kit.toml"


def kits_home(environment: Mapping[str, str] | None = None) -> Path:
    """Return the directory of installed kits, which need not exist.

    `KIWOOM_SIM_KITS`, else `kiwoom-sim/kits` where the user keeps data: `XDG_DATA_HOME`, on
    Windows `LOCALAPPDATA`, else `~/.local/share`.
    """
    known = os.environ if environment is None else environment
    if known.get(VARIABLE):
        return Path(known[VARIABLE])
    data = known.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_DATA_HOME")
    home = Path(data) if data else Path.home() / ".local" / "share"
    return home / "kiwoom-sim" / "kits"


def installed_kits() -> dict[str, Path]:
    """Return the directories of installed kits by name, in the order of their names."""
    home = kits_home()
    try:
        found = sorted(path for path in home.iterdir() if not path.name.startswith("."))
    except OSError:
        return {}
    return {path.name: path for path in found if (path / MANIFEST).is_file()}


def scenario_files(kit: Path) -> list[Path]:
    """Return the scenarios of a kit, by name."""
    return sorted(path for path in kit.glob("*.toml") if path.name != MANIFEST)
