from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.effects import Effect, Spoil
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.ip_changed import IpChanged
from kiwoom_sim.faults.occasion import Memory, Occasion


def effects(kind: IpChanged, key: str, path: str) -> tuple[Effect, ...]:
    facts = Facts(door="rest", moment="request", wire_ms=0, key=key, path=path)
    return kind.effects(
        Occasion(facts, key=stream_key(1, "f"), ordinal=1, place=0, memory=Memory())
    )


def test_the_token_of_the_call_belongs_to_another_address() -> None:
    assert effects(IpChanged(), "key#1", "/api/dostk/chart") == (Spoil("address"),)


def test_calls_without_a_token_of_the_run_are_left_alone() -> None:
    for key, path in (("key#1", "/oauth2/token"), ("", "/api/dostk/chart"), ("bearer#1", "/api/x")):
        assert effects(IpChanged(), key, path) == ()
    assert IpChanged().mistake() == ""
