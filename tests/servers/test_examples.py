"""Check that examples fit their fields."""

from datetime import date

from kiwoom_sim.core.clock import day_from_date
from kiwoom_sim.protocol import loader
from kiwoom_sim.servers.examples import example_body

DAY = day_from_date(date(2026, 3, 23))


def test_dates_symbols_and_codes_fit() -> None:
    spec = loader.spec("ka10081")
    assert spec is not None
    body = example_body(spec, DAY)
    assert body["stk_cd"] == "005930"
    assert body["base_dt"] == "20260323"
    assert body["upd_stkpc_tp"] in {"0", "1"}
