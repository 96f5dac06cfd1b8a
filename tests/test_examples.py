"""Run the example project as its user does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "pytest"
WAIT_S = 180


@pytest.mark.parametrize("spread", [(), ("-n", "2")], ids=["alone", "spread"])
def test_the_example_project_passes(spread: tuple[str, ...], tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "pytest", str(EXAMPLE), "-q", "-p", "no:cacheprovider",
        "--kiwoom-runs", str(tmp_path), *spread,
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
        timeout=WAIT_S, env={**os.environ, "PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^10 passed in", done.stdout, re.MULTILINE), done.stdout
    own = [path for path in tmp_path.iterdir() if (path / "digests.json").is_file()]
    sessions = 1 if not spread else 2
    assert 7 + 1 <= len(own) <= 7 + sessions


def test_every_test_file_is_explained_in_both_languages() -> None:
    files = sorted(path.name for path in (EXAMPLE / "tests").glob("test_*.py"))
    assert files
    for readme in ("README.md", "README.ko.md"):
        text = (EXAMPLE / readme).read_text(encoding="utf-8")
        assert re.findall(r"^\| `tests/(\w+\.py)` ", text, re.MULTILINE) != []
        assert {f"`tests/{name}`" for name in files} == set(re.findall(r"`tests/\w+\.py`", text))
