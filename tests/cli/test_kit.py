import json
from pathlib import Path

import pytest

from kiwoom_sim.cli.main import main
from kiwoom_sim.cli.output import Exit
from tests.kit.builders import MANIFEST, directory


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KIWOOM_SIM_LANG", "en")
    monkeypatch.setenv("KIWOOM_SIM_KITS", str(tmp_path / "kits"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "kits"


def test_a_kit_is_looked_at_added_listed_and_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(directory(tmp_path / "m"))
    assert main(["kit", "list"]) == Exit.OK
    assert "no kit is installed" in capsys.readouterr().err
    assert main(["kit", "show", source]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == [
        "morning 1.2  Opening storms", "by 홍길동", "",
        "base\tlimits\tA storm\t429", "storm\tlimits\tA storm\t429",
    ]  # fmt: skip
    assert main(["kit", "add", source]) == Exit.OK
    assert "kiwoom-sim run morning/base" in capsys.readouterr().err
    assert main(["kit", "add", source]) == Exit.USAGE
    assert "left as it is" in capsys.readouterr().err
    assert main(["kit", "list"]) == Exit.OK
    assert capsys.readouterr().out.splitlines()[1] == "morning\t1.2\t2\tOpening storms\t홍길동"
    assert main(["kit", "show", "morning"]) == Exit.OK
    assert "morning/storm\tlimits" in capsys.readouterr().out
    assert main(["kit", "export", "morning", "-o", "a.zip"]) == Exit.OK
    assert main(["kit", "show", "a.zip", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)["result"]
    assert (told["name"], told["count"], told["path"]) == ("morning", 2, "a.zip")
    assert main(["validate", "morning/storm", "base"]) == Exit.OK
    assert main(["show", "morning/storm"]) == Exit.OK


def test_a_kit_that_calls_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = MANIFEST + '[requires]\nkiwoom-sim = ">=0"\nhooks = ["fade"]\n'
    source = str(directory(tmp_path / "m", kit_toml=manifest))
    assert main(["kit", "add", source]) == Exit.OK
    assert "fade. They run only with --allow-hooks" in capsys.readouterr().err
    assert main(["kit", "show", "morning"]) == Exit.OK
    assert "needs kiwoom-sim >=0\ncalls hooks" in capsys.readouterr().out


def test_json_comes_in_the_envelope(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(directory(tmp_path / "m"))
    for words in (["add", source], ["list"], ["export", source], ["add", source]):
        main(["kit", *words, "--json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["ok"] for line in lines] == [True, True, True, False]
    assert [kit["name"] for kit in lines[1]["result"]] == ["shipped", "morning"]
    assert lines[2]["result"]["path"] == "morning-1.2.tar.gz"
    assert lines[3]["error"]["kind"] == "KitError"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["lst"], 'did you mean "list"?'),
        (["add"], "name a kit"),
        (["show", "shiped"], 'did you mean "shipped"?'),
        (["export", "nothing"], "no such kit"),
        (["export", "shipped"], "come with the package"),
        (["add", "nothing.zip"], "no such file"),
    ],
)
def test_wrong_words_are_told(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kit", *words]) == Exit.USAGE
    assert told in capsys.readouterr().err


def test_the_shipped_scenarios_are_a_kit_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kit", "show", "shipped"]) == Exit.OK
    assert "\nrate_limit\tlimits\t" in capsys.readouterr().out


def test_a_spoilt_kit_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "spoilt").mkdir(parents=True)
    (home / "spoilt" / "kit.toml").write_text("schema = 1")
    assert main(["kit", "list"]) == Exit.USAGE
    assert "name: missing" in capsys.readouterr().err


def test_a_template_that_stands_on_a_file_beside_it_is_no_template(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["kit", "add", str(directory(tmp_path / "m"))])
    assert main(["new", "mine", "--from", "morning/storm"]) == Exit.USAGE
    assert "stands on base.toml" in capsys.readouterr().err
    assert main(["new", "mine", "--from", "morning/base"]) == Exit.OK
