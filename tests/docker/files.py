"""Read the Dockerfile and the Compose files as an engine would, as far as the tests need it."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = ROOT / "docker/Dockerfile"
MOCKS = ROOT / "docker/compose/services/mock-services.yml"
TEST_PROFILE = ROOT / "docker/compose/profiles/test.yml"

Instruction = tuple[str, str]
Tree = dict[str, Any]


def stages(text: str) -> list[list[Instruction]]:
    """Return the instructions of each build stage; what stands before the first is left out."""
    joined = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[Instruction]] = []
    for line in filter(None, (line.strip() for line in joined.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        if found:
            found[-1].append((word, " ".join(rest.split())))
    return found


def final_stage() -> list[Instruction]:
    """Return what makes the image itself."""
    return stages(DOCKERFILE.read_text(encoding="utf-8"))[-1]


def last(stage: list[Instruction], word: str) -> str:
    """Return what the last such instruction says."""
    return [rest for name, rest in stage if name == word][-1]


def words(stage: list[Instruction], name: str) -> list[str]:
    """Return an instruction in exec form."""
    return list(json.loads(last(stage, name)))


def variables(stage: list[Instruction]) -> dict[str, str]:
    """Return the environment of the image."""
    pairs = [pair for name, rest in stage if name == "ENV" for pair in shlex.split(rest)]
    return dict(pair.split("=", 1) for pair in pairs)


def substituted(tree: Any, values: Mapping[str, str]) -> Any:
    """Return a tree in whose texts `${NAME:-default}` is replaced; a text stays a text."""
    if isinstance(tree, dict):
        return {key: substituted(value, values) for key, value in tree.items()}
    if isinstance(tree, list):
        return [substituted(value, values) for value in tree]
    if not isinstance(tree, str):
        return tree
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: values.get(found[1]) or found[2], tree)


def compose(*paths: Path, **values: str) -> Tree:
    """Return Compose files as one: mappings merge, lists are appended, the last value wins."""
    merged: Tree = {}
    for path in paths:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        merged = _merge(merged, substituted(tree, values))
    return merged


def _merge(first: Any, second: Any) -> Any:
    if isinstance(first, dict) and isinstance(second, dict):
        return {
            key: _merge(first[key], second[key])
            if key in first and key in second
            else {**first, **second}[key]
            for key in {**first, **second}
        }
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *second]
    return second
