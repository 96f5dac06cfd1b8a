from kiwoom_sim.protocol.spec import ApiSpec, RealtimeSpec


def test_an_api_without_a_query_is_not_served() -> None:
    facts = {"name": "x", "path": "/x", "source": "test"}
    assert not ApiSpec(api_id="x", **facts).served
    assert ApiSpec(api_id="x", query="q", **facts).served
    assert not RealtimeSpec(type="0X", **facts).served
    assert RealtimeSpec(type="0X", record="stock", **facts).served
