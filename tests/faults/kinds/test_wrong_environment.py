from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.wrong_environment import WrongEnvironment
from kiwoom_sim.faults.occasion import Memory, Occasion


def effects(kind: WrongEnvironment, key: str, path: str) -> tuple[Effect, ...]:
    facts = Facts(door="rest", moment="request", wire_ms=0, key=key, path=path)
    return kind.effects(
        Occasion(facts, key=stream_key(1, "f"), ordinal=1, place=0, memory=Memory())
    )


def test_token_calls_and_others_make_the_app_key_a_foreign_one() -> None:
    for path in ("/oauth2/token", "/api/dostk/chart"):
        assert effects(WrongEnvironment(), "key#1", path) == (Spoil("environment"),)
    limited = effects(WrongEnvironment(for_ms=5), "key#1", "/oauth2/token")
    assert limited == (Spoil("environment", for_ms=5),)


def test_unknown_app_keys_are_left_alone() -> None:
    for key in ("", "bearer#1"):
        assert effects(WrongEnvironment(), key, "/oauth2/token") == ()
    assert WrongEnvironment().mistake() == ""
