"""Step through the scenarios about rate limits: every limit decides, and as its comment says."""

import pytest

from tests.scenarios.caller import Caller, told


def caller(scenario: str) -> Caller:
    made = Caller(scenario)
    assert made.login()["return_code"] == 0
    return made


def test_the_demo_profile_lets_one_call_a_second_pass_and_a_watcher_take_notes() -> None:
    client = caller("limit_demo_profile")
    assert client.codes(range(0, 4_000, 500)) == ["", "", "", "1700", "", "1700", "", "1700"]
    assert client.codes(range(5_000, 15_000, 1_000)) == [""] * 10
    apis = ["ka10079", "ka10080", "ka10081", "ka10082", "ka10083", "ka10094"]
    for _ in "12":
        for api in apis:
            assert client.codes(range(60_000, 60_001), api) == [""]
    assert client.metrics.limits["total_watch", "shadow"] == 2
    assert client.metrics.limits["per_api", "refused"] == 3


def test_1700_comes_with_status_200() -> None:
    client = caller("limit_1700_in_200")
    assert client.codes(range(0, 20_000, 200)) == [""] * 100
    storm = client.codes(range(20_000, 80_000, 250))
    assert storm.count("1700") == len(storm) * 3 // 4
    refused = client.call(79_999).reply
    assert refused is not None
    assert (refused.status, told(refused)["return_code"]) == (200, 5)
    assert "유량=1" in told(refused)["return_msg"]
    assert client.codes(range(85_000, 90_000, 200)) == [""] * 25


def test_1634_never_goes_away_by_waiting() -> None:
    client = caller("limit_permanent_1634")
    many, few = "|".join(["005930"] * 101), "|".join(["005930"] * 20)
    some = "|".join(["005930"] * 60)
    for ms in (0, 10_000, 20_000):
        refused = client.call(ms, "ka10095", stk_cd=many).reply
        assert refused is not None
        assert (refused.status, refused.refusal, told(refused)["return_code"]) == (200, "1634", 5)
        assert client.codes(range(ms, ms + 1), "ka10095", stk_cd=some) == [""]
    for ms in (30_000, 3_600_000):
        assert client.codes(range(ms, ms + 1), "ka10095", stk_cd=some) == ["1634"]
        assert client.codes(range(ms, ms + 1), "ka10095", stk_cd=few) == [""]
    assert client.metrics.limits["codes", "refused"] == 5
    assert client.codes(range(4_000_000, 4_000_006), "ka10001") == [""] * 5 + ["1700"]


def test_insistence_is_punished_and_patience_is_not() -> None:
    client = caller("limit_penalty")
    assert client.codes(range(10)) == [""] * 5 + ["1700"] * 5
    assert client.metrics.limits["per_api", "blocked"] == 1
    assert set(client.codes(range(1_000, 20_009, 1_000))) == {"1700"}
    assert client.codes(range(20_009, 20_010)) == [""]
    spread = ["ka10081", "ka10082", "ka10083", "ka10094"]
    for ms in range(40_000, 45_000, 1_000):
        outcomes = [client.codes(range(ms, ms + 4), api) for api in spread]
        assert outcomes == [[""] * 4, [""] * 4, ["1701"] * 4, ["1701"] * 4]
    assert client.metrics.limits["no_mercy", "blocked"] == 1
    assert client.codes(range(80_000_000, 80_000_001)) == ["1701"]


@pytest.mark.parametrize(
    ("scenario", "limits"),
    [
        ("limit_demo_profile", {"per_api", "total_watch"}),
        ("limit_1700_in_200", {"per_api"}),
        ("limit_permanent_1634", {"codes", "per_api"}),
        ("limit_penalty", {"per_api", "no_mercy"}),
    ],
)
def test_the_journal_names_the_limit_of_every_refusal(scenario: str, limits: set[str]) -> None:
    client = caller(scenario)
    assert {limit.id for limit in client.simulation.scenario.limits} == limits
    many = "|".join(["005930"] * 101)
    tickets = [client.call(40_000 + ms, "ka10095", stk_cd=many) for ms in range(40)]
    entries = [ticket.slot.entry for ticket in tickets]
    named = [entry.limit for entry in entries if entry is not None and entry.refusal]
    assert named
    assert all(named)
    counted = sum(n for (_, what), n in client.metrics.limits.items() if what == "refused")
    assert counted == len(named)
