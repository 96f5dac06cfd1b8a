from kiwoom_sim.market.config import MarketConfig, Offering, of_run


def test_what_a_script_lists_is_added_to_the_settings() -> None:
    offering = Offering(
        code="0999Z0", name="새벽", board="KOSDAQ", day=1, price_won=1, shares=1, opening_bps=1
    )
    config = MarketConfig(symbols=("005930",), synthetic=3, cache_bytes=2_000_000)
    run = of_run(config, (offering,))
    assert run.offerings == (offering,)
    shared = MarketConfig.__struct_fields__
    assert [getattr(run, name) for name in shared] == [getattr(config, name) for name in shared]
