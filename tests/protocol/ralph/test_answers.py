import pytest

from kiwoom_sim.engine.views import Views
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.market.market import Market
from kiwoom_sim.market.store import NotReady, Store
from kiwoom_sim.protocol.ralph.answers import answer_form
from kiwoom_sim.protocol.ralph.forms import read_form
from kiwoom_sim.protocol.ralph.replies import Denied
from tests.protocol import worlds
from tests.protocol.ralph.asking import CHART, DAYS, INFO, PRICE, price_body, request


@pytest.mark.parametrize(
    ("path", "body", "member"),
    [
        (PRICE, price_body("005930"), b'"result"'),
        (DAYS, {"stk_cd": "005930"}, b'"stk_dt_pole_chart_qry"'),
        (DAYS, {"stk_cd": "KS11", "isu_cd_tp": "02"}, b'"dtal_1"'),
        (CHART, {"stk_cd": "005930", "dt": worlds.TODAY}, b'"stk_invsr_orgn_chart"'),
        (INFO, {"mrkt_tp": "0"}, b'"list"'),
        (INFO, {"stk_cd": "KS11"}, b'"stk_nm"'),
    ],
)
def test_every_form_has_its_answer_and_asking_again_changes_nothing(
    path: str, body: object, member: bytes
) -> None:
    form = read_form(request(path, body))
    assert not isinstance(form, Denied)
    first = answer_form(form, worlds.views())
    assert member in first.body
    assert first.status == 200
    assert answer_form(form, worlds.views()) == first


@pytest.mark.parametrize(
    ("path", "body"), [(PRICE, price_body("005930")), (INFO, {"stk_cd": "KS11"})]
)
def test_a_cold_market_is_asked_again_until_it_is_built(path: str, body: object) -> None:
    form = read_form(request(path, body))
    assert not isinstance(form, Denied)
    store = Store()
    market = Market(
        MarketConfig(symbols=worlds.SYMBOLS), seed=11, start_day=worlds.day(worlds.TODAY),
        store=store,
    )  # fmt: skip
    store.cooperative = True
    at = Views(market, worlds.views().now_ms)
    with pytest.raises(NotReady):
        answer_form(form, at)
    assert store.run_inline(lambda: answer_form(form, at)) == answer_form(form, worlds.views())
