"""Hold the house rules that no linter knows: sizes, names, mirrored tests, clean text."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kiwoom_sim"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
UNWANTED_NAMES = {"utils", "helpers", "common", "misc", "manager"}
LINES_MAX = 400
FUNCTION_LINES_MAX = 70
PUBLIC_METHODS_MAX = 12


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_public(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not any("property" in ast.dump(mark) for mark in node.decorator_list)
    )


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=relative)
def test_module_is_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_functions_and_classes_are_small(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES_MAX, f"{node.name} has {length} lines"
        if isinstance(node, ast.ClassDef):
            methods = sum(is_public(member) for member in node.body)
            assert methods <= PUBLIC_METHODS_MAX, f"{node.name} has {methods} public methods"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_has_a_subject(path: Path) -> None:
    assert path.stem not in UNWANTED_NAMES


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_code_has_a_test_of_the_same_name(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    behaves = any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree)
    )
    if path.name in {"__init__.py", "__main__.py"} or not behaves:
        return
    inside = path.relative_to(PACKAGE)
    expected = ROOT / "tests" / inside.parent / f"test_{inside.name}"
    assert expected.exists(), f"write {relative(expected)}"


@pytest.mark.parametrize("path", TESTS, ids=relative)
def test_tests_mirror_a_module(path: Path) -> None:
    if not path.name.startswith("test_") or path.parent.name not in {
        child.name for child in PACKAGE.iterdir() if child.is_dir()
    }:
        return
    inside = path.relative_to(ROOT / "tests")
    module = PACKAGE / inside.parent / inside.name.removeprefix("test_")
    package = PACKAGE / inside.parent / inside.stem.removeprefix("test_")
    stories = {"test_stylized_facts.py", "test_stylized_intraday.py"}
    assert module.exists() or package.is_dir() or path.name in stories, (
        f"{relative(path)} tests nothing of that name"
    )


def test_no_unfinished_work_is_left() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    found = [
        f"{relative(path)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []


def test_every_exemption_from_a_rule_gives_its_reason() -> None:
    exemption = re.compile(r"#\s*(noqa|type: ignore)(\S*)(.*)$")
    bare = []
    for path in MODULES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = exemption.search(line)
            if found and not re.search(r"[-–#] ?\w+", found.group(3)):
                bare.append(f"{relative(path)}:{number}")
    assert bare == []
