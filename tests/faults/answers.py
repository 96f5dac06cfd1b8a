"""Build answers for tests of kinds that change them."""

import json
from typing import Any

from kiwoom_sim.core.rng import stream_key
from kiwoom_sim.faults.effects import Alter, Answer
from kiwoom_sim.faults.facts import Facts, Moment
from kiwoom_sim.faults.occasion import Memory, Occasion

CHART: dict[str, Any] = {
    "stk_cd": "005930",
    "rows": [
        {"dt": "20260323", "cur_prc": "-70100", "trde_qty": "15"},
        {"dt": "20260320", "cur_prc": "+70200", "trde_qty": "16"},
        {"dt": "20260319", "cur_prc": "70000", "trde_qty": ""},
    ],
    "return_code": 0,
    "return_msg": "정상적으로 처리되었습니다",
}
REFUSAL = {"return_code": 3, "return_msg": "인증에 실패했습니다[8005:Token이 유효하지 않습니다]"}


def occasion(ordinal: int = 1, path: str = "/api/dostk/chart", **headers: str) -> Occasion:
    """Return an occasion; underscores in names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    facts = Facts(door="rest", moment="request", wire_ms=0, path=path, headers=named)
    key = stream_key(7, "fault", "rule|key#1")
    return Occasion(facts, key=key, ordinal=ordinal, place=0, memory=Memory())


def answer(document: object = CHART, cont_yn: str = "N", next_key: str = "") -> Answer:
    """Return an answer of the broker."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (("api-id", "ka10081"), ("cont-yn", cont_yn), ("next-key", next_key))
    return Answer(headers=headers, body=body, content_type="application/json;charset=UTF-8")


def changed(kind: Any, before: Answer | None = None, ordinal: int = 1, **headers: str) -> Answer:
    """Return what a kind makes of an answer."""
    (effect,) = kind.effects(occasion(ordinal, **headers))
    assert isinstance(effect, Alter)
    after: Answer = effect.applied(before or answer())
    return after


def document(kind: Any, before: Answer | None = None, ordinal: int = 1) -> Any:
    """Return what the body of a changed answer says."""
    return json.loads(changed(kind, before, ordinal).body)


def leaves_alone(kind: Any, before: Answer) -> bool:
    """Return whether a kind does not touch an answer."""
    return changed(kind, before) == before


def at_the_socket(moment: Moment) -> Occasion:
    """Return an occasion at the WebSocket door."""
    facts = Facts(door="ws", moment=moment, wire_ms=0)
    return Occasion(facts, key=stream_key(7, "fault", "r|"), ordinal=1, place=0, memory=Memory())
