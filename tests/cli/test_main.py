import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kiwoom_sim.cli import main as door
from kiwoom_sim.cli.main import VERBS, build_app, load_verb, main
from kiwoom_sim.cli.output import Exit
from kiwoom_sim.errors import CatalogError, ReplayError, ScenarioError, StartError


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_SIM_LANG", "en")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == Exit.OK
    assert f"kiwoom-sim {verb}" in capsys.readouterr().out


def test_the_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == Exit.OK
    out = capsys.readouterr().out
    assert all(verb in out for verb in VERBS)
    assert "\x1b" not in out


@pytest.mark.parametrize("wrong", [["rn"], ["list", "--jsn"], ["validate"], ["--nothing"]])
def test_a_wrong_command_line_exits_with_2(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(wrong) == Exit.USAGE
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [["version"], ["--version"], ["-V"]])
def test_the_version_is_printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == Exit.OK
    assert capsys.readouterr().out.startswith("kiwoom-sim ")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ScenarioError(("a.toml:1: x", "a.toml:2: y")), Exit.USAGE),
        (StartError("port 5116 is in use"), Exit.CANNOT_START),
        (ReplayError("no such run"), Exit.USAGE),
        (CatalogError("broken"), Exit.INTERNAL),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (ValueError("slip"), Exit.INTERNAL),
    ],
)
def test_errors_become_exit_codes(
    error: BaseException,
    code: Exit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: list[str]) -> int:
        raise error

    monkeypatch.setattr(door, "_dispatch", fail)
    assert main(["list"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert ("Traceback" in err) == isinstance(error, ValueError)


def test_errors_are_told_as_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nothing_like_it", "--json"]) == Exit.USAGE
    answer = json.loads(capsys.readouterr().out)
    assert not answer["ok"]
    assert answer["error"]["kind"] == "ScenarioError"


def test_list_and_version_load_neither_typer_nor_numpy() -> None:
    code = (
        "import sys; from kiwoom_sim.cli.main import main; main(['list']); main(['version']);"
        "sys.exit(bool({'typer', 'numpy', 'rich', 'litestar'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m kiwoom_sim show --schema | head -c 10"
    done = subprocess.run(["bash", "-c", command], check=False, capture_output=True)
    assert done.stderr == b""


def test_the_whole_application_can_be_built_for_the_manual() -> None:
    app = build_app()
    assert [command.name for command in app.registered_commands] == list(VERBS)
    assert callable(load_verb("list"))


def test_the_program_starts_here() -> None:
    project = Path(door.__file__).parents[2] / "pyproject.toml"
    scripts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"kiwoom-sim": "kiwoom_sim.__main__:main"}
