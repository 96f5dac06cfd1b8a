from kiwoom_sim.scenario.problems import (
    Problem,
    missing_key,
    nearest,
    path_text,
    render,
    unknown_key,
    unknown_value,
)


def test_a_place_reads_as_people_write_it() -> None:
    assert path_text(("rule", 0, "do", "kind")) == "rule[0].do.kind"
    assert path_text(()) == ""


def test_an_unknown_value_lists_what_is_allowed_and_guesses() -> None:
    problem = unknown_value(("rule", 0, "do", "kind"), "fault kind", "latncy", ["latency", "drop"])
    assert render(problem, "open_rush.toml:31") == (
        'open_rush.toml:31: rule[0].do.kind: unknown fault kind "latncy"\n'
        "  allowed: drop, latency\n"
        '  did you mean "latency"?'
    )


def test_nothing_is_guessed_when_nothing_is_like_it() -> None:
    assert nearest("zzz", ["latency"]) is None
    assert "did you mean" not in render(unknown_key(("zzz",), ["latency"]), "a.toml:1")


def test_a_missing_key_guesses_nothing() -> None:
    assert render(missing_key(("schema",), ("1",)), "a.toml:1") == (
        "a.toml:1: schema: missing\n  allowed: 1"
    )


def test_a_problem_of_the_whole_file_has_no_place() -> None:
    assert render(Problem(path=(), message="is empty"), "a.toml:1") == "a.toml:1: is empty"


def test_long_lists_are_wrapped() -> None:
    text = render(unknown_key(("x",), [f"name_{i:02}" for i in range(30)]), "a.toml:1")
    assert max(map(len, text.splitlines())) <= 100
    assert "name_29" in text
