from kiwoom_sim.faults.facts import Facts


def facts(**known: object) -> Facts:
    return Facts(**{"door": "rest", "moment": "request", "wire_ms": 0, **known})


def test_client_is_the_app_key_once_it_is_known() -> None:
    assert facts(connection=3).client == "connection#3"
    assert facts(connection=3, key="key#1").client == "key#1"


def test_group_is_the_last_segment_of_the_path() -> None:
    assert facts(path="/api/dostk/chart").group == "chart"
    assert facts(path="/api/dostk/chart/").group == "chart"
    assert facts(path="").group == ""
