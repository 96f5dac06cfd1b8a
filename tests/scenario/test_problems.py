from kiwoom_sim.scenario.problems import (
    Problem,
    missing_key,
    nearest,
    no_table,
    path_text,
    render,
    unknown_key,
    unknown_setting,
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
    assert render(missing_key(("kind",), ("a", "b")), "a.toml:1") == (
        "a.toml:1: kind: missing\n  allowed: a, b"
    )


def test_a_missing_key_is_shown_where_it_has_to_be_explained() -> None:
    assert missing_key(("rule", 0, "do")).message == 'missing; write do = { kind = "..." }'


def test_a_key_with_a_prefix_is_guessed_by_it() -> None:
    assert render(unknown_key(("bdy.stk_cd",), ["body", "path"]), "a.toml:1").endswith('"body"?')


def test_of_many_settings_those_of_the_same_table_are_told() -> None:
    known = ["wire.ping_interval", "wire.ping_misses", "limit.a.rate", "limit.b.rate"]
    assert unknown_setting(("set",), "limit.a.rat", known).allowed == ("limit.a.rate",)
    assert unknown_setting(("set",), "wire.pings", known).allowed == tuple(known[:2])
    assert unknown_setting(("set",), "limt.b.rate", known).allowed == ("limit.b.rate",)
    assert unknown_setting(("set",), "x", known).allowed == tuple(sorted(known))


def test_what_is_no_table_is_told_with_the_keys_of_one() -> None:
    assert no_table(("clock",), "9:00", ["start", "mode"]).allowed == ("mode", "start")


def test_a_problem_of_the_whole_file_has_no_place() -> None:
    assert render(Problem(path=(), message="is empty"), "a.toml:1") == "a.toml:1: is empty"


def test_long_lists_are_wrapped() -> None:
    text = render(unknown_key(("x",), [f"name_{i:02}" for i in range(30)]), "a.toml:1")
    assert max(map(len, text.splitlines())) <= 100
    assert "name_29" in text
