"""Install kits, all or nothing and never over another, and find those that are installed."""

import shutil
import tempfile
from pathlib import Path

from msgspec import Struct

from kiwoom_sim.errors import KitError
from kiwoom_sim.kit.archives import ENDINGS, pack
from kiwoom_sim.kit.check import SHIPPED, Kit, check_kit, read_kit, write_files
from kiwoom_sim.kit.contents import gather
from kiwoom_sim.kit.manifest import Manifest, read_manifest
from kiwoom_sim.scenario.finder import Found, shipped_scenarios
from kiwoom_sim.scenario.kits import MANIFEST, installed_kits, kits_home, scenario_files
from kiwoom_sim.scenario.problems import nearest
from kiwoom_sim.version import __version__

_DRAFT = ".adding-"


class Shelved(Struct, frozen=True, kw_only=True):
    """Hold a kit that is at hand.

    Attributes:
        manifest: What it says of itself.
        path: Its directory, None for the scenarios that come with the package.
        scenarios: Where its scenarios are.
    """

    manifest: Manifest
    path: Path | None
    scenarios: tuple[Found, ...]


def shelved_kits() -> tuple[list[Shelved], list[str]]:
    """Return the kits that are at hand, the shipped scenarios first, and what cannot be read."""
    kits = [shipped_kit()]
    problems: list[str] = []
    for name, path in installed_kits().items():
        try:
            kits.append(_shelved(name, path))
        except KitError as error:
            problems += error.problems
    return kits, problems


def shipped_kit() -> Shelved:
    """Return the shipped scenarios as if they were a kit."""
    manifest = Manifest(
        schema=1, name=SHIPPED, version=__version__, author="kiwoom-sim",
        description="What comes with kiwoom-sim: see kiwoom-sim list",
    )  # fmt: skip
    return Shelved(manifest=manifest, path=None, scenarios=shipped_scenarios())


def find_kit(name: str) -> Shelved | None:
    """Return the kit at hand that has a name, None if there is none.

    Raises:
        KitError: Its manifest cannot be read.
    """
    if name == SHIPPED:
        return shipped_kit()
    path = installed_kits().get(name)
    return None if path is None else _shelved(name, path)


def nearest_kit(name: str) -> str | None:
    """Return the name of the kit at hand that is most like another name, if any is."""
    return nearest(name, [SHIPPED, *installed_kits()])


def _shelved(name: str, path: Path) -> Shelved:
    try:
        content = (path / MANIFEST).read_bytes()
    except OSError as error:
        raise KitError((f"{path / MANIFEST}: {error.strerror}",)) from error
    manifest = read_manifest(content, str(path / MANIFEST))
    scenarios = tuple(
        Found(name=file.stem, path=file, shown=f"{name}/{file.name}")
        for file in scenario_files(path)
    )
    return Shelved(manifest=manifest, path=path, scenarios=scenarios)


def install(source: Path) -> tuple[Kit, Path]:
    """Install the kit in a directory or archive; return it and where it is now.

    Everything is checked beside the place where it will be; only then it is moved there, in one
    step. Whatever goes wrong, nothing is left behind.

    Raises:
        KitError: It cannot be used, or a kit of that name is installed.
    """
    files, home = gather(source), kits_home()
    try:
        home.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=home))
    except OSError as error:
        raise KitError((f"{home}: {error.strerror}",)) from error
    try:
        inner = draft / "kit"
        inner.mkdir()
        write_files(files, inner)
        kit = check_kit(inner, files, str(source))
        return kit, _move(inner, home / kit.manifest.name)
    except OSError as error:
        raise KitError((f"{home}: {error.strerror}",)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _move(draft: Path, place: Path) -> Path:
    taken = f"{place}: a kit of that name is installed and is left as it is"
    if place.exists() or place.is_symlink():
        raise KitError((taken,))
    try:
        return draft.rename(place)
    except FileExistsError as error:
        raise KitError((taken,)) from error


def export(source: Path, output: Path | None) -> tuple[Kit, Path]:
    """Write the archive of a kit; the same files make the same bytes.

    Args:
        source: Directory, or archive.
        output: Where to; its ending says in which form. None = NAME-VERSION.tar.gz here.

    Raises:
        KitError: The kit cannot be used, or the archive cannot be written or is there already.
    """
    kit = read_kit(source)
    place = output or Path(f"{kit.manifest.name}-{kit.manifest.version}.tar.gz")
    ending = next((each for each in ENDINGS if place.name.lower().endswith(each)), None)
    if ending is None:
        raise KitError((f"{place}: an archive ends in {', '.join(ENDINGS)}",))
    content = pack(kit.files, kit.manifest.name, ending)
    try:
        with place.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise KitError((f"{place}: exists already and is left as it is",)) from error
    except OSError as error:
        raise KitError((f"{place}: {error.strerror}",)) from error
    return kit, place
