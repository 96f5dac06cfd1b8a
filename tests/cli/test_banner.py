"""Check that a run says honestly what is not the real wire."""

from kiwoom_sim.cli.banner import banner, deviations
from kiwoom_sim.scenario.loader import parse_scenario
from tests.servers.doors import Client, tell


def test_every_switch_that_is_on_is_told() -> None:
    text = """
schema = 1
[clock]
mode = "scaled"
speed = 60
session = "always-open"
[wire]
oddities = "clean"
limits_enabled = false
[[limit]]
id = "tight"
rate = "1/1s"
[[rule]]
id = "slow"
do = { kind = "latency", delay = "1s" }
"""
    told = "\n".join(deviations(parse_scenario(text)))
    for part in (
        "oddities = clean",
        "limits_enabled = False",
        "speed = 60",
        "slow",
        "closes",
        "tight",
    ):
        assert part in told


def test_accounts_make_keys_matter() -> None:
    account = '[[account]]\nappkey = "a"\nsecretkey = "b"\n'
    any_key = deviations(parse_scenario("schema = 1\n"))
    named = deviations(parse_scenario(f"schema = 1\n{account}"))
    assert len(any_key) == len(named) + 1


def test_the_banner_says_where_and_how() -> None:
    async def story(client: Client) -> None:
        told = "\n".join(banner(client.running))
        for part in (client.running.rest_url, client.running.ws_url, "/docs", "seed 11"):
            assert part in told

    tell(story)
