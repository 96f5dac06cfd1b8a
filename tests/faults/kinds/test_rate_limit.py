from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.effects import Refuse
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds.rate_limit import RateLimit
from kiwoom_sim.faults.occasion import Memory, Occasion


def refused(kind: RateLimit, calls: list[tuple[int, str, str]]) -> list[bool]:
    memory = Memory()
    made = []
    for ordinal, (wire_ms, key, api_id) in enumerate(calls, 1):
        facts = Facts(door="rest", moment="request", wire_ms=wire_ms, key=key, api_id=api_id)
        occasion = Occasion(
            facts, key=stream_key(1, "fault"), ordinal=ordinal, place=0, memory=memory
        )
        made.append(bool(kind.effects(occasion)))
    return made


def test_each_client_and_api_has_its_own_limit() -> None:
    calls = [(0, "key#1", "ka10001"), (1, "key#1", "ka10081"), (2, "key#2", "ka10001")]
    assert refused(RateLimit(), calls) == [False, False, False]
    assert refused(RateLimit(), [*calls, (3, "key#1", "ka10001")])[-1]


def test_a_client_wide_limit_counts_all_its_calls() -> None:
    calls = [(0, "key#1", "ka10001"), (1, "key#1", "ka10081"), (2, "key#2", "ka10001")]
    assert refused(RateLimit(scope="client"), calls) == [False, True, False]


def test_a_refused_call_does_not_count() -> None:
    calls = [(ms, "key#1", "ka10001") for ms in (0, 500, 1_000, 1_500, 2_000)]
    assert refused(RateLimit(), calls) == [False, True, False, True, False]


def test_a_limit_of_nothing_refuses_everything_in_the_brokers_words() -> None:
    facts = Facts(door="rest", moment="request", wire_ms=0)
    occasion = Occasion(facts, key=stream_key(1, "f"), ordinal=1, place=0, memory=Memory())
    kind = RateLimit(per_second=0, status=200)
    assert kind.effects(occasion) == (Refuse("1700", {"per_second": "0"}, 200),)
    assert kind.mistake() == ""
