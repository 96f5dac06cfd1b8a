"""Find scenarios: files anywhere, and the ones that are shipped with the package.

Shipped scenarios live in `scenarios/` of the source tree and inside the package of an installed
wheel; the package is looked at first.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.errors import ScenarioError

_PACKAGE = Path(__file__).parent.parent
_HOMES = (_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios")


class Found(Struct, frozen=True, kw_only=True):
    """Hold where a scenario is.

    Attributes:
        name: Stem of the file.
        path: The file.
        shown: Path as the user knows it, for messages.
        is_shipped: Whether it comes with the package.
        instead_of: Path that was asked for but does not exist; "" unless the shipped scenario of
            that name stands in for it.
    """

    name: str
    path: Path
    shown: str
    is_shipped: bool = False
    instead_of: str = ""


def shipped_scenarios() -> tuple[Found, ...]:
    """Return the scenarios that come with the package, by name."""
    home = next((home for home in _HOMES if home.is_dir()), None)
    files = sorted(home.glob("*.toml")) if home is not None else []
    return tuple(_shipped(file) for file in files)


def _shipped(file: Path) -> Found:
    return Found(name=file.stem, path=file, shown=f"scenarios/{file.name}", is_shipped=True)


def find_scenario(source: str | Path) -> Found:
    """Return where a scenario is: a file, a shipped name, or a path whose stem is one.

    Raises:
        ScenarioError: There is none.
    """
    path = Path(source)
    if path.is_file():
        return Found(name=path.stem, path=path, shown=str(source))
    shipped = {found.name: found for found in shipped_scenarios()}
    if str(source) in shipped:
        return shipped[str(source)]
    if path.stem in shipped and path.suffix in {"", ".toml"} and not path.is_dir():
        found = shipped[path.stem]
        return Found(
            name=found.name,
            path=found.path,
            shown=found.shown,
            is_shipped=True,
            instead_of=str(source),
        )
    raise ScenarioError((_not_found(source, path.stem, shipped),))


def _not_found(source: str | Path, stem: str, shipped: Iterable[str]) -> str:
    names = list(shipped)
    lines = [f"{source}: no such scenario", f"  shipped: {', '.join(names)}"]
    close = get_close_matches(stem, names, n=1, cutoff=0.6)
    if close:
        lines.append(f'  did you mean "{close[0]}"?')
    return "\n".join(lines)
