import msgspec

from kiwoom_sim.faults.facts import Facts
from kiwoom_sim.faults.match import Match
from kiwoom_sim.faults.phases import Phase, PhasePlan
from kiwoom_sim.faults.stubs import Stub, StubReply, Stubs
from kiwoom_sim.faults.when import When

PLAN = PhasePlan((Phase(id="a", for_ms=1_000), Phase(id="b")))


def stub(name: str, **fields: object) -> Stub:
    return msgspec.structs.replace(
        Stub(id=name, match=Match(api=("ka10001",)), reply=StubReply()), **fields
    )


def facts(api: str = "ka10001", wire_ms: int = 0, **fields: object) -> Facts:
    return msgspec.structs.replace(
        Facts(door="rest", moment="request", wire_ms=wire_ms, key="key#1", api_id=api), **fields
    )


def found(stubs: Stubs, *asked: Facts) -> list[str]:
    answers = [stubs.find(each) for each in asked]
    return [each.id if each is not None else "" for each in answers]


def test_the_first_stub_that_agrees_answers() -> None:
    body = stub("body", match=Match(api=("ka10001",), body={"stk_cd": ("005930",)}))
    stubs = Stubs((body, stub("any")), phases=PLAN, seed=1)
    assert stubs.needs_body()
    asked = facts(body={"stk_cd": "005930"}), facts(), facts("ka10002")
    assert found(stubs, *asked) == ["body", "any", ""]


def test_phase_and_when_hold_for_stubs_too() -> None:
    early = stub("early", phase=("a",), when=When(first=1))
    stubs = Stubs((early,), phases=PLAN, seed=1)
    assert found(stubs, facts(), facts()) == ["early", ""]
    late = Stubs((stub("late", phase=("b",)),), phases=PLAN, seed=1)
    assert found(late, facts(), facts(wire_ms=1_000)) == ["", "late"]


def test_an_api_that_a_stub_names_need_not_be_served() -> None:
    stubs = Stubs((stub("x", match=Match(api=("kt1*",))),), phases=PLAN, seed=1)
    assert stubs.may_answer("kt10000")
    assert not stubs.may_answer("ka10001")
    everything = Stubs((stub("x", match=Match()),), phases=PLAN, seed=1)
    assert not everything.may_answer("kt10000")
    assert not Stubs((), phases=PLAN, seed=1)


def test_a_table_is_sent_as_json_and_a_text_as_it_is() -> None:
    table = StubReply(body={"return_code": 0, "rows": [{"가": "1"}]})
    assert table.content == '{"return_code":0,"rows":[{"가":"1"}]}'.encode()
    assert table.content_type == "application/json;charset=UTF-8"
    text = StubReply(body="<html>", headers={"Content-Type": "text/html", "Cont-YN": "Y"})
    assert (text.content, text.content_type) == (b"<html>", "text/html")
    usual = (("api-id", "ka10001"), ("cont-yn", "N"))
    assert text.others(usual) == (("api-id", "ka10001"), ("cont-yn", "Y"))


def test_a_reset_counts_from_the_start() -> None:
    stubs = Stubs((stub("once", when=When(first=1)),), phases=PLAN, seed=1)
    assert found(stubs, facts(), facts()) == ["once", ""]
    stubs.reset()
    assert found(stubs, facts()) == ["once"]
