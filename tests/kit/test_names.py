import pytest

from kiwoom_sim.kit.names import clashes, content_problem, is_left_out, path_problem


@pytest.mark.parametrize("path", ["kit.toml", "docs/a-b_c+1.md", "LICENSE", ".git/config"])
def test_ordinary_paths_are_fine(path: str) -> None:
    assert path_problem(path) == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "no name"),
        ("../evil.toml", "leads out"),
        ("a/../../evil.toml", "leads out"),
        (".git/../../evil.toml", "leads out"),
        ("a//b.toml", "circles"),
        ("./a.toml", "circles"),
        ("/etc/cron.d/evil", "absolute"),
        ("C:/evil.toml", "absolute"),
        ("C:evil.toml", "absolute"),
        ("..\\evil.toml", "backslash"),
        ("a\0b.toml", "control"),
        ("a\n.toml", "control"),
        ("a/b/c/d/e/f.md", "deep"),
        ("a" * 101, "more than 100"),
        ("nul.toml", "device"),
        ("COM1", "device"),
        ("docs/aux.md", "device"),
        ("storm.toml.", "other characters"),
        ("storm.toml ", "other characters"),
        ("ab:c.md", "other characters"),
        ("폭풍.toml", "other characters"),
        ("e\u0301.md", "other characters"),
    ],
)
def test_what_could_do_harm_somewhere_is_refused(path: str, why: str) -> None:
    assert why in path_problem(path)


def test_hidden_files_and_by_products_are_left_out() -> None:
    assert is_left_out(".git/config")
    assert is_left_out("a/.DS_Store")
    assert is_left_out("__MACOSX/kit.toml")
    assert not is_left_out("kit.toml")


def test_a_kit_holds_scenarios_and_texts_and_nothing_else() -> None:
    assert content_problem("storm.toml") == content_problem("docs/why.md") == ""
    assert "beside kit.toml" in content_problem("more/storm.toml")
    for path in ("hook.py", "run.sh", "a.so", "Makefile", "kit.toml.exe"):
        assert "neither a scenario" in content_problem(path)


def test_paths_that_clash_somewhere_are_told() -> None:
    assert clashes(["a.toml", "b.toml", "c/a.toml"]) == []
    assert clashes(["a.toml", "a.toml"]) == ["a.toml: is there twice"]
    assert clashes(["a.toml", "A.toml"]) == ["A.toml: differs from a.toml by case only"]
    assert clashes(["a", "A/b.md"]) == ["a: is a file and a directory"]
