from kiwoom_sim.engine.commands import DelistShares, ListShares
from kiwoom_sim.scenario.listing_events import Delisting, Listing


def test_a_listing_opens_where_it_says() -> None:
    usual = Listing(code="0999Z0", name="새벽", price=20_000).command()
    assert usual == ListShares(
        symbol="0999Z0", name="새벽", board="KOSDAQ", price_won=20_000, shares=10_000_000,
        opening_bps=16_000,
    )  # fmt: skip
    low = Listing(code="0999Z0", name="새벽", price=20_000, open=15_000, market="KOSPI").command()
    assert (low.board, low.opening_bps) == ("KOSPI", 7_500)


def test_a_delisting_has_seven_sessions() -> None:
    assert Delisting(code="086520").command() == DelistShares(
        symbol="086520", sessions=7, drop_bps=6_000
    )
