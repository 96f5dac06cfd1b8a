from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.token_superseded import TokenSuperseded
from kiwoom_sim.faults.occasion import Memory, Occasion


def effects(kind: TokenSuperseded, key: str, path: str) -> tuple[Effect, ...]:
    facts = Facts(door="rest", moment="request", wire_ms=0, key=key, path=path)
    return kind.effects(
        Occasion(facts, key=stream_key(1, "f"), ordinal=1, place=0, memory=Memory())
    )


def test_another_login_takes_the_token_and_kicks_the_sessions_unless_told() -> None:
    kicking = effects(TokenSuperseded(), "key#1", "/api/dostk/chart")
    assert kicking == (Spoil("superseded", sessions="kick"),)
    quiet = effects(TokenSuperseded(kick=False), "key#1", "/api/dostk/chart")
    assert quiet == (Spoil("superseded"),)


def test_calls_without_a_token_of_the_run_are_left_alone() -> None:
    for key, path in (("key#1", "/oauth2/token"), ("", "/api/dostk/chart"), ("bearer#1", "/api/x")):
        assert effects(TokenSuperseded(), key, path) == ()
    assert TokenSuperseded().mistake() == ""
