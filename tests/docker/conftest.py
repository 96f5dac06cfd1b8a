"""Build the wheel of the image: in a directory that holds what the Dockerfile copies."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.docker.files import DOCKERFILE, ROOT, stages
from tests.test_end_to_end import run_checked

SOURCE = "/source"


@pytest.fixture(scope="package")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        if os.environ.get("REQUIRE_SYSTEM") == "1":
            pytest.fail("hatchling is missing")
        pytest.skip("hatchling is missing; `make test` installs it")
    source, target = (tmp_path_factory.mktemp(name) for name in ("source", "wheel"))
    stage = stages(DOCKERFILE.read_text(encoding="utf-8"))[0]
    copies = [rest.split() for name, rest in stage[stage.index(("WORKDIR", SOURCE)) :]
              if name == "COPY"]  # fmt: skip
    for *names, place in copies:
        for name in names:
            _copy(ROOT / name, source / (name if place == "./" else place))
    command = next(rest for name, rest in stage if name == "RUN" and "hatchling" in rest)
    words = command.partition(" && ")[0].replace("/wheel", str(target)).split()
    assert words[0] == "python"
    run_checked([sys.executable, *words[1:]], cwd=source)
    return next(target.glob("*.whl"))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copy(source, target)
