import re
from pathlib import Path
from string import Formatter

import pytest

from kiwoom_sim.cli import main, messages


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(messages.TABLE))
def test_both_languages_say_the_same(key: str) -> None:
    english, korean = messages.TABLE[key]
    assert names(english) == names(korean)
    assert english.isascii()
    assert english
    assert korean


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "C", "KIWOOM_SIM_LANG": "ko"}, "ko"),
        ({"KIWOOM_SIM_LANG": "en", "LANG": "ko_KR"}, "en"),
    ],
)
def test_the_language_follows_the_environment(environment: dict[str, str], language: str) -> None:
    assert messages.language(environment) == language


def test_sentences_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_SIM_LANG", "ko")
    assert messages.say("scenario.good", path="a.toml") == "a.toml: 문제없음"
    monkeypatch.setenv("KIWOOM_SIM_LANG", "en")
    assert messages.say("scenario.good", path="a.toml") == "a.toml: fine"


def test_every_verb_has_a_line_of_help() -> None:
    assert {f"help.{verb}" for verb in main.VERBS} <= set(messages.TABLE)


def test_every_sentence_that_is_said_exists() -> None:
    said: set[str] = set()
    for module in Path(messages.__file__).parent.glob("*.py"):
        said |= set(re.findall(r'say\("([a-z_.]+)"', module.read_text(encoding="utf-8")))
    assert said <= set(messages.TABLE)
