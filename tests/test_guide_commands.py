"""Run the commands of the guides in an empty directory, page by page and from top to bottom.

`kiwoom-sim` and `pytest` are the real ones, on free ports. Of `make` only the targets are checked,
of `docker` only the files that a line names: no engine is needed.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages import ENGLISH, ROOT, blocks_of, need, pointed_at
from tests.wire.house import House, simulator

WAIT_S = 120
PROGRAMS = {
    # A run of a page ends after a second; everything else is what a reader would start.
    "kiwoom-sim": '[ "$1" != run ] || export KIWOOM_SIM_FOR=1s\nexec "{python}" -m kiwoom_sim "$@"',
    "make": 'exec "{make}" --no-print-directory -n -C "{root}" "$@"',
    "pytest": 'exec "{python}" -m pytest -p no:cacheprovider "$@"',
    # No engine is needed to see that the files a line names exist.
    "docker": """cd "{root}"
for file in $(echo "${{COMPOSE_FILE:-}}" | tr : ' '); do test -f "$file"; done
while [ $# -gt 0 ]; do if [ "$1" = -f ]; then test -f "$2"; fi; shift; done""",
}


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with simulator("normal_market") as running:
        yield running


@pytest.fixture
def sandbox(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a page's commands: an empty directory, free ports."""
    need("sh", "make")
    home = tmp_path / "bin"
    home.mkdir()
    for name, text in PROGRAMS.items():
        script = text.format(python=sys.executable, make=shutil.which("make"), root=ROOT)
        home.joinpath(name).write_text(f"#!/bin/sh\nset -eu\n{script}\n", encoding="utf-8")
        home.joinpath(name).chmod(0o755)
    tests = tmp_path / "tests"
    tests.mkdir()
    tests.joinpath("test_client.py").write_text("def test_client(): pass\n", encoding="utf-8")
    return {
        "PATH": f"{home}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "KIWOOM_SIM_REST_PORT": "0",
        "KIWOOM_SIM_WS_PORT": "0",
        "KIWOOM_SIM_LANG": "en",
        "no_proxy": "*",
    }


def run_script(text: str, sandbox: dict[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-eu"], input=text, cwd=sandbox["HOME"], env=sandbox, capture_output=True,
        text=True, timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"


def commands_of(page: Path) -> list[str]:
    return [block.text for block in blocks_of(page) if block.kind == "commands"]


def promised() -> list[str]:
    """Return the commands in the tables of the roadmap."""
    text = (ROOT / "docs" / "en" / "roadmap.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return re.findall(r"`((?:kiwoom-sim|make|curl) [^`]+)`", "\n".join(rows))


STORIES = {page.stem: commands_of(page) for page in ENGLISH if commands_of(page)} | {
    "roadmap": promised()
}


@pytest.mark.system
@pytest.mark.parametrize("story", STORIES)
def test_commands_of_a_page_work_one_after_the_other(
    house: House, story: str, sandbox: dict[str, str]
) -> None:
    try:
        for text in STORIES[story]:
            run_script(pointed_at(house, text), sandbox)
    finally:
        run_script("kiwoom-sim down", sandbox)


def test_every_guide_shows_commands() -> None:
    assert set(STORIES) == {page.stem for page in ENGLISH}


def test_both_roadmaps_promise_the_same() -> None:
    english, korean = (
        (ROOT / "docs" / language / "roadmap.md").read_text(encoding="utf-8")
        for language in ("en", "ko")
    )
    assert re.findall(r"`[^`\n]+`", english) == re.findall(r"`[^`\n]+`", korean)
    assert english.count("still to come") == korean.count("예정")
