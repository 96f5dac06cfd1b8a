from kiwoom_sim.market.config import MarketConfig, Offering, of_run
from kiwoom_sim.market.listing.offerings import NEW, offered
from kiwoom_sim.market.listing.universe import load_universe

OFFERING = Offering(
    code="0999Z0", name="새벽", board="KOSDAQ", day=20_000, price_won=20_000, shares=1_000_000,
    opening_bps=16_000,
)  # fmt: skip


def test_the_instrument_is_what_was_offered() -> None:
    made = offered(OFFERING)
    assert (made.code, made.name_ko, made.market, made.list_day) == (
        "0999Z0", "새벽", "KOSDAQ", 20_000,
    )  # fmt: skip
    assert (made.ref_price, made.listed_shares, made.ref_volume) == (20_000, 1_000_000, 50_000)
    assert made.flags == (NEW,)
    assert not made.nxt_ok


def test_it_is_the_last_of_the_universe() -> None:
    bare = load_universe(MarketConfig(symbols=("005930",)), 1)
    made = load_universe(of_run(MarketConfig(symbols=("005930",)), (OFFERING,)), 1)
    assert made.codes == [*bare.codes, "0999Z0"]
    assert made.offerings == {"0999Z0": OFFERING}
