import pytest

from kiwoom_sim.protocol import loader
from kiwoom_sim.protocol.answers import Answer
from kiwoom_sim.protocol.queries import GATEWAY_QUERIES
from kiwoom_sim.protocol.refusals import Refused
from tests.protocol import worlds

ASK = {
    "stk_cd": "005930", "base_dt": worlds.TODAY, "upd_stkpc_tp": "1", "tic_scope": "1",
    "dt": worlds.TODAY, "strt_dt": worlds.TODAY, "amt_qty_tp": "2", "trde_tp": "0",
    "unit_tp": "1", "mrkt_tp": "0", "inds_cd": "001", "stex_tp": "1", "qry_tp": "1",
}  # fmt: skip


def served() -> list[str]:
    found = []
    for api_id in loader.api_ids():
        spec = loader.spec(api_id)
        if spec is not None and spec.query and spec.query not in GATEWAY_QUERIES:
            found.append(api_id)
    return found


@pytest.mark.parametrize("api_id", served())
def test_every_served_api_answers_with_every_field(api_id: str) -> None:
    spec = loader.spec(api_id)
    assert spec is not None
    body = worlds.body_of(api_id, **ASK)
    expected = list(spec.reply) + ([spec.rows] if spec.rows else [])
    assert list(body) == expected
    if spec.rows:
        assert body[spec.rows] or api_id == "kt00001"  # lists foreign money, of which there is none
        assert all(list(row) == list(spec.row) for row in body[spec.rows])


@pytest.mark.parametrize("api_id", served())
def test_answers_do_not_depend_on_the_order_of_questions(api_id: str) -> None:
    first = worlds.ask(api_id, **ASK)
    worlds.ask(api_id, worlds.views(14, 2), **ASK)
    assert worlds.ask(api_id, **ASK) == first
    assert isinstance(first, Answer)
    assert first.continues == bool(first.next_key)


@pytest.mark.parametrize("oddities", ["as-real", "clean"])
def test_every_api_answers_at_any_time_of_the_day(oddities: str) -> None:
    for at in (worlds.views(7), worlds.views(8, 45), worlds.views(15, 25), worlds.views(20)):
        for api_id in served():
            worlds.body_of(api_id, at, oddities=oddities, **ASK)  # type: ignore[arg-type]


def test_other_kinds_of_instruments_are_answered_too() -> None:
    for code in worlds.SYMBOLS:
        for api_id in served():
            worlds.body_of(api_id, **(ASK | {"stk_cd": code}))


def test_every_api_answers_on_a_day_without_a_session() -> None:
    for at in (worlds.views(11, on="20260328"), worlds.views(11, on="20260329")):
        for api_id in served():
            if api_id == "kt00009":  # no orders on that day, which is an error there
                assert worlds.ask(api_id, at, **ASK) == Refused("501724")
                continue
            worlds.body_of(api_id, at, **ASK)
