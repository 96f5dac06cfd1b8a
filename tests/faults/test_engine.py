from hypothesis import given
from hypothesis import strategies as st

from kiwoom_sim.faults.effects import NO_FAULT, Close, Delay, Drop, Refuse, Replace, Reply
from kiwoom_sim.faults.engine import FaultEngine
from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.kinds.disconnect import Disconnect
from kiwoom_sim.faults.kinds.gap import Gap
from kiwoom_sim.faults.kinds.http_error import HttpError
from kiwoom_sim.faults.kinds.latency import Latency
from kiwoom_sim.faults.kinds.rate_limit import RateLimit
from kiwoom_sim.faults.kinds.stale_frame import StaleFrame
from kiwoom_sim.faults.kinds.token_expired import TokenExpired
from kiwoom_sim.faults.match import Match, WsMatch
from kiwoom_sim.faults.phases import Phase
from kiwoom_sim.faults.rules import Rule, WsRule
from kiwoom_sim.faults.when import When, Window


def rule(name: str, *do: FaultKind, **rest: object) -> Rule:
    return Rule(id=name, do=do, **rest)


def request(wire_ms: int = 0, key: str = "key#1", api_id: str = "ka10001") -> Facts:
    return Facts(door="rest", moment="request", wire_ms=wire_ms, key=key, api_id=api_id)


def hits(engine: FaultEngine, count: int, key: str = "key#1") -> list[int]:
    return [i for i in range(1, count + 1) if engine.decide(request(key=key)) is not NO_FAULT]


def test_without_rules_nothing_is_watched() -> None:
    engine = FaultEngine()
    assert not engine.watches("rest")
    assert engine.decide(request()) is NO_FAULT


def test_rules_tell_what_they_watch() -> None:
    engine = FaultEngine(
        rules=(WsRule(id="cut", do=(Disconnect(),), match=WsMatch(body={"trnm": ("REG",)})),)
    )
    assert engine.watches("ws")
    assert not engine.watches("rest")
    assert engine.needs_body()
    assert engine.decide(request()) is NO_FAULT


def test_a_rule_may_name_app_keys_as_clients_send_them() -> None:
    match = Match(app_key=("mine", "yours"))
    engine = FaultEngine(rules=(rule("mine", Disconnect(), match=match, when=When(nth=(2,))),))
    engine.known_as = {"mine": "key#3", "yours": "key#0"}.__getitem__
    assert hits(engine, 3, "key#1") == []
    assert hits(engine, 3, "key#3") == [2]
    assert hits(engine, 3, "") == []


def test_the_first_rule_that_fires_wins() -> None:
    engine = FaultEngine(
        rules=(rule("slow", Latency(delay_ms=5), when=When(nth=(1,))), rule("busy", HttpError()))
    )
    assert [i.rule for i in engine.decide(request()).injections] == ["slow"]
    assert [i.rule for i in engine.decide(request()).injections] == ["busy"]


def test_stacked_rules_let_later_ones_fire() -> None:
    engine = FaultEngine(
        rules=(
            rule("slow", Latency(delay_ms=5), stack=True),
            rule("busy", HttpError()),
            rule("never", Disconnect()),
        )
    )
    plan = engine.decide(request())
    assert plan.delay_ms == 5
    assert isinstance(plan.instead, Reply)
    assert plan.close is None


def test_a_rule_may_do_several_things() -> None:
    engine = FaultEngine(rules=(rule("both", Latency(delay_ms=9), Disconnect(code=1011)),))
    plan = engine.decide(request())
    assert [i.effect for i in plan.injections] == [Delay(9), Close(1011)]
    assert [(i.fault_id, i.kind) for i in plan.injections] == [
        ("f1", "latency"), ("f2", "disconnect"),
    ]  # fmt: skip
    assert engine.counts == {("both", "latency"): 1, ("both", "disconnect"): 1}


def test_clients_are_counted_apart_unless_the_rule_is_global() -> None:
    for per, second in (("client", [2, 4]), ("key", [2, 4]), ("global", [1, 3])):
        engine = FaultEngine(rules=(rule("r", HttpError(), when=When(every=2, per=per)),))
        assert hits(engine, 5) == [2, 4]
        assert hits(engine, 4, key="key#2") == second


def test_a_rule_fires_at_most_max_times() -> None:
    engine = FaultEngine(rules=(rule("r", HttpError(), when=When(every=2, max=2)),))
    assert hits(engine, 20) == [2, 4]


def test_only_occasions_in_the_phase_and_the_window_are_counted() -> None:
    phases = (Phase(id="calm", for_ms=1_000), Phase(id="storm", for_ms=1_000))
    when = When(nth=(2,), between=Window(500, 900, of_phase=True))
    engine = FaultEngine(
        phases=phases, rules=(rule("r", HttpError(), phase=("storm",), when=when),)
    )
    fired = [ms for ms in range(0, 2_500, 100) if engine.decide(request(ms)).injections]
    assert fired == [1_600]


def test_a_tightened_limit_refuses_what_is_over_it() -> None:
    engine = FaultEngine(rules=(rule("r", RateLimit(per_second=1)),))
    plans = [engine.decide(request(ms)) for ms in (0, 400, 999, 1_000)]
    assert [plan.instead is None for plan in plans] == [True, False, False, True]
    assert plans[1].instead == Refuse("1700", {"per_second": "1"}, 429)


def test_a_call_within_the_limit_does_not_end_the_search() -> None:
    engine = FaultEngine(rules=(rule("r", RateLimit()), rule("slow", Latency(delay_ms=3))))
    assert engine.decide(request()).delay_ms == 3


@given(st.integers(0, 2**63 - 1), st.integers(0, 10_000))
def test_chance_is_near_its_share_and_repeats(seed: int, chance_bps: int) -> None:
    rules = (rule("r", HttpError(), when=When(probability_bps=chance_bps)),)
    first = hits(FaultEngine(rules=rules, seed=seed), 200)
    assert hits(FaultEngine(rules=rules, seed=seed), 200) == first
    assert abs(len(first) - chance_bps / 50) < 45


@given(st.integers(0, 2**32), st.lists(st.booleans(), max_size=60))
def test_a_second_client_and_a_new_rule_move_no_draw_of_the_first(
    seed: int, others: list[bool]
) -> None:
    kept = rule("kept", Latency(range_ms=(1, 10**6)), when=When(probability_bps=5_000))
    added = rule("added", HttpError(), match=Match(key=("key#2",)), when=When(probability_bps=500))
    alone = FaultEngine(rules=(kept,), seed=seed)
    crowded = FaultEngine(rules=(added, kept), seed=seed)
    for other in others:
        if other:
            crowded.decide(request(key="key#2"))
        assert crowded.decide(request()).delay_ms == alone.decide(request()).delay_ms


def frame(wire_ms: int, api_id: str = "REAL") -> Facts:
    return Facts(door="ws", moment="frame", wire_ms=wire_ms, connection=1, api_id=api_id)


def test_a_rule_is_in_force_in_its_window_at_the_moments_of_its_kinds() -> None:
    window = When(between=Window(100, 200))
    engine = FaultEngine(rules=(WsRule(id="gap", do=(Gap(),), when=window),))
    assert [engine.in_force("ws", "frame", ms) for ms in (99, 100, 199, 200)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not engine.in_force("ws", "message", 150)
    assert not engine.in_force("rest", "request", 150)
    for ms in (99, 200):
        assert engine.decide(frame(ms)) is NO_FAULT
    assert engine.decide(frame(150)).first(Drop) is not None


def test_a_kind_decides_what_its_occasions_are_unless_the_match_names_them() -> None:
    usual = FaultEngine(rules=(WsRule(id="gap", do=(Gap(),)),))
    assert usual.decide(frame(0, "PING")) is NO_FAULT
    assert usual.decide(frame(0, "vcp_signal")) is not NO_FAULT
    named = FaultEngine(rules=(WsRule(id="gap", do=(Gap(),), match=WsMatch(api=("PING",))),))
    assert named.decide(frame(0, "PING")) is not NO_FAULT
    assert named.decide(frame(0)) is NO_FAULT
    assert named.counts == {("gap", "gap"): 1}


def test_a_reset_counts_anew_and_draws_the_same_again() -> None:
    when = When(probability_bps=5_000, max=3)
    engine = FaultEngine(rules=(rule("r", HttpError(), when=when),), seed=4)
    before = hits(engine, 20)
    assert len(before) == 3
    engine.reset()
    assert engine.counts == {}
    assert hits(engine, 20) == before
    assert engine.counts == {("r", "http_error"): 3}


def test_ids_of_injections_go_on_after_a_reset() -> None:
    engine = FaultEngine(rules=(rule("r", HttpError()),))
    ids = []
    for _ in range(2):
        ids += [injection.fault_id for injection in engine.decide(request()).injections]
        engine.reset()
    assert ids == ["f1", "f2"]


def trade(wire_ms: int, text: bytes, connection: int = 1) -> Facts:
    return Facts(
        door="ws", moment="frame", wire_ms=wire_ms, connection=connection, api_id="REAL",
        types=("0B",), codes=("005930",), text=text,
    )  # fmt: skip


def test_what_a_kind_remembers_ends_with_the_connection() -> None:
    engine = FaultEngine(rules=(WsRule(id="old", do=(StaleFrame(),)),))
    assert engine.decide(trade(0, b"1")) is NO_FAULT
    assert engine.decide(trade(1, b"2")).first(Replace) == Replace(b"1")
    engine.forget("rest", 1)
    assert engine.decide(trade(2, b"3")).first(Replace) == Replace(b"1")
    engine.forget("ws", 1)
    assert engine.decide(trade(3, b"4")) is NO_FAULT


def test_what_a_kind_remembers_is_of_one_phase() -> None:
    phases = tuple(Phase(id=name, for_ms=10) for name in ("a", "calm", "b"))
    rule_ = WsRule(id="old", do=(StaleFrame(),), phase=("a", "b"))
    engine = FaultEngine(phases=phases, rules=(rule_,))
    told = [engine.decide(trade(ms, b"%d" % ms)).first(Replace) for ms in (0, 5, 15, 20, 25)]
    assert told == [None, Replace(b"0"), None, None, Replace(b"20")]


def test_counts_of_a_nameless_client_end_with_its_connection() -> None:
    engine = FaultEngine(rules=(WsRule(id="gap", do=(Gap(),), when=When(first=1)),))
    hit = [engine.decide(trade(ms, b"")) is not NO_FAULT for ms in (0, 1)]
    engine.forget("ws", 1)
    assert [*hit, engine.decide(trade(2, b"")) is not NO_FAULT] == [True, False, True]


def test_an_injection_can_be_taken_back() -> None:
    engine = FaultEngine(rules=(rule("busy", HttpError()),))
    first, second = (engine.decide(request()).injections[0] for _ in range(2))
    engine.withdraw(first)
    assert engine.counts["busy", "http_error"] == 1
    assert second.fault_id == "f2"


def test_the_engine_tells_whether_the_other_door_may_feel_a_fault() -> None:
    quiet, spoiling = Rule(id="a", do=(Latency(delay_ms=1),)), Rule(id="b", do=(TokenExpired(),))
    assert not FaultEngine(rules=(quiet,)).reaches_sockets()
    assert FaultEngine(rules=(quiet, spoiling)).reaches_sockets()


def test_connections_are_watched_only_if_a_rule_is_about_them() -> None:
    assert not FaultEngine(rules=(rule("r", Disconnect()),)).watches_connections()
    ws = WsRule(id="w", do=(Disconnect(),), match=WsMatch(moment=("connect",)))
    assert not FaultEngine(rules=(ws,)).watches_connections()
    match = Match(moment=("connect",))
    assert FaultEngine(rules=(rule("r", Disconnect(), match=match),)).watches_connections()
