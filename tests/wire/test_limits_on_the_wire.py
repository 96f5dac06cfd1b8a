"""See each kind of limit through an HTTP client, and what the run wrote down about it."""

import pytest

from tests.servers.doors import Client, tell

SLOW = '[[limit]]\nid = "x"\nrate = "2/1h"\n'


@pytest.mark.parametrize("algorithm", ["fixed_window", "sliding_window", "token_bucket"])
def test_calls_over_a_limit_get_429_and_1700_until_time_has_passed(algorithm: str) -> None:
    async def story(client: Client) -> None:
        await client.login()
        answers = [await client.quote() for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        told = answers[-1].json()
        assert told["return_code"] == 5
        assert told["return_msg"].endswith("유량=2, API ID=ka10001]")
        assert "retry-after" not in answers[-1].headers
        metrics = client.running.live.simulation.parts.metrics
        assert metrics.limits == {("x", "passed"): 2, ("x", "refused"): 2}
        await client.running.advance("1h")
        assert (await client.quote()).status_code == 200

    tell(story, f'{SLOW}algorithm = "{algorithm}"\n')


def test_a_refusal_may_come_as_200() -> None:
    async def story(client: Client) -> None:
        await client.login()
        answers = [await client.quote() for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert [answer.json()["return_code"] for answer in answers] == [0, 0, 5]

    tell(story, f"{SLOW}status = 200\n")


def test_a_shadow_limit_is_not_felt_but_written_down() -> None:
    async def story(client: Client) -> None:
        await client.login()
        answers = [await client.quote() for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200] * 4
        metrics = client.running.live.simulation.parts.metrics
        assert metrics.limits == {("x", "passed"): 2, ("x", "shadow"): 2}

    tell(story, f"{SLOW}shadow = true\n")


def test_a_block_is_felt_until_it_is_over_and_told_in_the_journal() -> None:
    async def story(client: Client) -> None:
        await client.login()
        statuses = [(await client.quote()).status_code for _ in range(5)]
        assert statuses == [200, 200, 429, 429, 429]
        await client.running.advance("1h")
        assert (await client.quote()).status_code == 429
        await client.running.advance("2h")
        assert (await client.quote()).status_code == 200
        metrics = client.running.live.simulation.parts.metrics
        assert metrics.limits["x", "blocked"] == 1
        assert metrics.summary()["limits"] == {"x/blocked": 1, "x/passed": 3, "x/refused": 4}

    tell(story, f'{SLOW}penalty = {{ after = 2, for = "2h" }}\n')


def test_no_limits_switches_all_of_them_off() -> None:
    async def story(client: Client) -> None:
        await client.login()
        assert {(await client.quote()).status_code for _ in range(9)} == {200}
        assert not client.running.live.simulation.parts.metrics.limits

    tell(story, SLOW, **{"wire.limits_enabled": False})


def test_one_value_of_the_built_in_limit_may_be_changed_from_outside() -> None:
    async def story(client: Client) -> None:
        await client.login()
        statuses = [(await client.quote()).status_code for _ in range(3)]
        assert statuses == [200, 429, 429]

    tell(story, **{"limit.per_api.rate": "1/1h"})
