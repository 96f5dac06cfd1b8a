from kiwoom_sim.faults.facts import Facts


def facts(**known: object) -> Facts:
    return Facts(**{"door": "rest", "moment": "request", "wire_ms": 0, **known})


def test_client_is_the_app_key_once_it_is_known() -> None:
    assert facts(connection=3).client == "connection#3"
    assert facts(connection=3, key="key#1").client == "key#1"


def test_a_call_shows_a_token_if_its_app_key_is_known_and_it_asks_for_none() -> None:
    known = facts(key="key#1", path="/api/dostk/chart")
    assert (known.has_key, known.shows_token) == (True, True)
    asking = facts(key="key#1", path="/oauth2/token")
    assert (asking.has_key, asking.shows_token) == (True, False)
    assert not facts(key="bearer#1", path="/api/dostk/chart").shows_token
    assert not facts(path="/api/dostk/chart").has_key


def test_group_is_the_last_segment_of_the_path() -> None:
    assert facts(path="/api/dostk/chart").group == "chart"
    assert facts(path="/api/dostk/chart/").group == "chart"
    assert facts(path="").group == ""
