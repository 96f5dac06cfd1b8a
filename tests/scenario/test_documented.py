from kiwoom_sim.scenario import documented


def test_the_guide_knows_apis_groups_paths_and_types() -> None:
    assert documented.apis()["ka10081"] == "/api/dostk/chart"
    assert {"chart", "stkinfo", "token"} <= documented.groups()
    assert {"/api/dostk/chart", "/oauth2/token", "/api/dostk/ka10081"} <= documented.paths()
    assert {"0B", "0D"} <= documented.types()


def test_patterns_that_fit_nothing_are_strangers() -> None:
    names = ("ka10081", "ka10001")
    assert documented.strangers(("ka1*", "kx*", "ka10001", "ka9"), names) == ["kx*", "ka9"]
