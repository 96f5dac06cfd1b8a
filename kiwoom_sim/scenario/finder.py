"""Find scenarios: files anywhere, those that are shipped with the package, those of kits.

Shipped scenarios live in `scenarios/` of the source tree and inside the package of an installed
wheel; the package is looked at first. A scenario of an installed kit is called `KIT/NAME`, or
NAME where no other has that name.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiwoom_sim.errors import ScenarioError
from kiwoom_sim.scenario.kits import installed_kits, scenario_files

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


def kit_scenarios() -> dict[str, Found]:
    """Return the scenarios of installed kits, by KIT/NAME."""
    return {
        f"{kit}/{file.stem}": Found(name=file.stem, path=file, shown=f"{kit}/{file.name}")
        for kit, home in installed_kits().items()
        for file in scenario_files(home)
    }


def find_scenario(source: str | Path) -> Found:
    """Return where a scenario is: a file, a shipped name, one of a kit, or a path with such a stem.

    Raises:
        ScenarioError: There is none, or several kits have one of that name.
    """
    path = Path(source)
    if path.is_file():
        return Found(name=path.stem, path=path, shown=str(source))
    shipped = {found.name: found for found in shipped_scenarios()}
    if str(source) in shipped:
        return shipped[str(source)]
    of_kits = kit_scenarios()
    found = _of_kit(str(source), of_kits)
    if found is not None:
        return found
    if path.stem in shipped and path.suffix in {"", ".toml"} and not path.is_dir():
        return replace(shipped[path.stem], instead_of=str(source))
    raise ScenarioError((_not_found(source, path.stem, shipped, of_kits),))


def _of_kit(name: str, of_kits: dict[str, Found]) -> Found | None:
    """Return the scenario of a kit that has a name, with or without that of its kit."""
    if name in of_kits:
        return of_kits[name]
    full = [each for each in of_kits if each.partition("/")[2] == name]
    if len(full) > 1:
        raise ScenarioError((f"{name}: several kits have it\n  say which: {', '.join(full)}",))
    return of_kits[full[0]] if full else None


def _not_found(
    source: str | Path, stem: str, shipped: Iterable[str], of_kits: Iterable[str]
) -> str:
    names, others = list(shipped), list(of_kits)
    lines = [f"{source}: no such scenario", f"  shipped: {', '.join(names)}"]
    lines += [f"  in kits: {', '.join(others)}"] if others else []
    close = get_close_matches(str(source), others, n=1, cutoff=0.6)
    close = close or get_close_matches(stem, names, n=1, cutoff=0.6)
    if close:
        lines.append(f'  did you mean "{close[0]}"?')
    return "\n".join(lines)
