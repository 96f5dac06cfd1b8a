"""Show every network fault of the REST door to a raw socket and to a real client."""

import asyncio
import http.client
import time
from functools import cache
from pathlib import Path

import httpx
import pytest
import requests

from kiwoom_sim.observe.lane import lane_files
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.replay import replay
from tests.servers.doors import Client, tell, until
from tests.servers.raw import Raw, Seen, address, refused, request

SILENCE_S = 0.15
"""For how long a connection has to be silent to count as open; the fault would speak at once."""


def rule(do: str, when: str = "", match: str = "") -> str:
    return f"""
[[rule]]
id = "trouble"
match = {{ path = "/api/*"{match} }}
when = {{ per = "global"{when} }}
do = {{ {do} }}
"""


def watch(do: str, *, for_s: float = 5.0, stop: int = 1 << 20) -> Seen:
    """Return what a raw socket sees when it asks once."""
    found = []

    async def story(client: Client) -> None:
        async with Raw(client.running.rest_url) as raw:
            await raw.say(request())
            found.append(await raw.hear(for_s, stop))
        [(_, injected)] = client.running.simulation.parts.metrics.faults.items()
        assert injected == 1
        assert client.running.faults() == {"trouble": 1}

    tell(story, rule(do))
    return found[0]


def fail(do: str, timeout_s: float = 0.5) -> tuple[Exception, Exception, Exception]:
    """Return what httpx, requests and http.client make of it when they ask once."""
    failures: list[Exception] = []

    def ask_httpx(url: str) -> None:
        httpx.post(f"{url}/api/dostk/stkinfo", json={}, timeout=timeout_s)

    def ask_requests(url: str) -> None:
        requests.post(f"{url}/api/dostk/stkinfo", json={}, timeout=timeout_s)

    def ask_standard(url: str) -> None:
        connection = http.client.HTTPConnection(*address(url), timeout=timeout_s)
        try:
            connection.request("POST", "/api/dostk/stkinfo", b"{}")
            connection.getresponse().read()
        finally:
            connection.close()

    async def story(client: Client) -> None:
        for ask in (ask_httpx, ask_requests, ask_standard):
            try:
                await asyncio.to_thread(ask, client.running.rest_url)
            except Exception as failure:  # noqa: BLE001 - what it is, is the question
                failures.append(failure)
        assert client.running.faults() == {"trouble": 3}

    tell(story, rule(do))
    first, second, third = failures
    return first, second, third


@cache
def plain() -> Seen:
    """Return the answer without a fault."""
    return watch('kind = "latency", delay = "1ms"', for_s=SILENCE_S)


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_reset_is_econnreset_and_nothing_else(at: str) -> None:
    assert watch(f'kind = "reset", at = "{at}"') == Seen(b"", "reset")


def test_a_reset_during_the_answer_comes_after_half_of_the_body() -> None:
    whole, seen = plain(), watch('kind = "reset", at = "during"')
    assert seen.end == "reset"
    assert seen.head == whole.head
    assert seen.body == whole.body[: len(whole.body) // 2]


def test_clients_fail_on_a_reset() -> None:
    modern, common, standard = fail('kind = "reset"')
    assert isinstance(modern, httpx.ReadError)
    assert isinstance(common, requests.ConnectionError)
    assert isinstance(standard, ConnectionResetError)


@pytest.mark.parametrize("at", ["before", "after"])
def test_no_answer_is_a_proper_end_without_a_byte(at: str) -> None:
    assert watch(f'kind = "no_answer", at = "{at}"') == Seen(b"", "fin")


def test_clients_fail_without_an_answer() -> None:
    modern, common, standard = fail('kind = "no_answer"')
    assert isinstance(modern, httpx.RemoteProtocolError)
    assert isinstance(common, requests.ConnectionError)
    assert isinstance(standard, http.client.RemoteDisconnected)


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_truncated_answer_has_its_true_length_and_a_part_of_its_body(end: str) -> None:
    whole = plain()
    seen = watch(f'kind = "truncate", keep = "25%", end = "{end}"')
    assert seen.end == {"close": "fin", "reset": "reset"}[end]
    assert seen.head == whole.head
    assert seen.body == whole.body[: len(whole.body) // 4]
    assert watch('kind = "truncate", after = "3B"').body == whole.body[:3]


def test_clients_fail_on_a_truncated_answer() -> None:
    modern, common, standard = fail('kind = "truncate"')
    assert isinstance(modern, httpx.RemoteProtocolError)
    assert isinstance(common, requests.exceptions.ChunkedEncodingError)
    assert isinstance(standard, http.client.IncompleteRead)


def test_a_length_that_is_too_long_ends_early() -> None:
    whole, seen = plain(), watch('kind = "wrong_length", by = 10')
    assert seen.end == "fin"
    assert seen.body == whole.body
    assert int(seen.header("content-length")) == len(whole.body) + 10
    modern, _, standard = fail('kind = "wrong_length", by = 10')
    assert isinstance(modern, httpx.RemoteProtocolError)
    assert isinstance(standard, http.client.IncompleteRead)


def test_a_length_that_is_too_short_leaves_bytes_behind() -> None:
    whole, seen = plain(), watch('kind = "wrong_length", by = -10', for_s=SILENCE_S)
    assert seen.end == "open"
    assert seen.body == whole.body
    assert int(seen.header("content-length")) == len(whole.body) - 10


def test_chunks_go_on_behind_the_body() -> None:
    whole = plain()
    seen = watch('kind = "endless_chunks", piece = "4B", every = "20ms"', stop=450)
    assert seen.end == "open"
    assert seen.header("transfer-encoding") == "chunked"
    assert seen.body.startswith(b"%x\r\n%s\r\n4\r\n    \r\n4\r\n" % (len(whole.body), whole.body))
    assert b"\r\n0\r\n" not in seen.data


def test_garbage_is_not_http_and_the_same_in_every_run() -> None:
    seen = watch('kind = "garbage", size = "100B"')
    assert (len(seen.data), seen.end) == (100, "fin")
    assert seen.data == watch('kind = "garbage", size = "100B", at = "after"').data
    modern, common, standard = fail('kind = "garbage"')
    assert isinstance(modern, httpx.RemoteProtocolError)
    assert isinstance(common, requests.ConnectionError)
    assert isinstance(standard, http.client.BadStatusLine)


def test_a_hanging_door_never_answers() -> None:
    assert watch('kind = "hang"', for_s=SILENCE_S) == Seen(b"", "open")
    assert watch('kind = "hang", for = "100ms"') == Seen(b"", "fin")
    modern, common, standard = fail('kind = "hang"', timeout_s=0.2)
    assert isinstance(modern, httpx.ReadTimeout)
    assert isinstance(common, requests.ReadTimeout)
    assert isinstance(standard, TimeoutError)


@pytest.mark.parametrize(("at", "share"), [("before", 0), ("during", 2), ("after", 0)])
def test_half_open_says_neither_fin_nor_rst(at: str, share: int) -> None:
    whole = plain()

    async def story(client: Client) -> None:
        async with Raw(client.running.rest_url) as raw:
            await raw.say(request())
            seen = await raw.hear(SILENCE_S)
            assert seen.body == (whole.body[: len(whole.body) // share] if share else b"")
            raw.finish()
            assert (await raw.hear(SILENCE_S)) == Seen(b"", "open")

    tell(story, rule(f'kind = "half_open", at = "{at}"'))
    assert watch(f'kind = "half_open", at = "{at}", for = "100ms"').end == "reset"


def test_slow_headers_come_piece_by_piece() -> None:
    whole = plain()
    began = time.monotonic()
    seen = watch('kind = "slow_headers", piece = "16B", every = "30ms"', for_s=SILENCE_S)
    assert seen == whole
    pieces = -(-(len(seen.head) + 4) // 16)
    assert pieces > 2
    assert time.monotonic() - began > 0.03 * (pieces - 1)
    modern, common, standard = fail('kind = "slow_headers", every = "1s"', timeout_s=0.2)
    assert isinstance(modern, httpx.ReadTimeout)
    assert isinstance(common, requests.ReadTimeout)
    assert isinstance(standard, TimeoutError)


@pytest.mark.parametrize("kind", ["slow_body", "bandwidth"])
def test_a_slow_answer_takes_its_time_and_loses_nothing(kind: str) -> None:
    paces = {
        "slow_body": 'piece = "20B", every = "25ms"',
        "bandwidth": 'per_second = "1500B"',
    }
    whole, took_s = plain(), []

    async def story(client: Client) -> None:
        began = time.monotonic()
        async with Raw(client.running.rest_url) as raw:
            await raw.say(request())
            seen = await raw.hear(until=len(whole.data))
            took_s.append(time.monotonic() - began)
            assert seen.data == whole.data
            await raw.say(request())  # the connection is still good
            assert (await raw.hear(until=len(whole.data))).data == whole.data

    tell(story, rule(f'kind = "{kind}", {paces[kind]}', ", max = 1"))
    least_s = (-(-len(whole.body) // 20) - 1) * 0.025
    assert took_s[0] >= (least_s if kind == "slow_body" else len(whole.data) / 1_500 - 0.05)


def test_the_door_refuses_connections_and_opens_again() -> None:
    async def story(client: Client) -> None:
        url = client.running.rest_url
        async with Raw(url) as other, Raw(url) as raw:
            await raw.say(request())
            assert await raw.hear() == Seen(b"", "reset")
            assert await other.hear() == Seen(b"", "reset")
            assert await refused(url)
            while await refused(url):  # noqa: ASYNC110 - until it opens
                await asyncio.sleep(0.01)
        assert await client.login()
        assert client.running.rest_url == url

    tell(story, rule('kind = "listener_down", for = "200ms"', ", max = 1"))


def test_open_connections_may_outlive_their_door() -> None:
    async def story(client: Client) -> None:
        url = client.running.rest_url
        async with Raw(url) as raw:
            for _ in range(2):
                await raw.say(request())
                assert (await raw.hear(SILENCE_S)).head.startswith(b"HTTP/1.1 ")
                assert await refused(url)

    tell(story, rule('kind = "listener_down", for = "60s", cut = false', ", max = 1"))


def test_a_connection_can_be_accepted_and_never_read() -> None:
    async def story(client: Client) -> None:
        url = client.running.rest_url
        async with Raw(url) as first, Raw(url) as second:
            await first.say(request())
            assert (await first.hear(SILENCE_S)).data
            await second.say(request())
            assert await second.hear(SILENCE_S) == Seen(b"", "open")
        assert client.running.faults() == {"stuck": 1}

    tell(story, connecting('kind = "accept_hang"', "nth = 2"))


def connecting(do: str, when: str) -> str:
    return f"""
[[rule]]
id = "stuck"
match = {{ moment = "connect" }}
when = {{ per = "global", {when} }}
do = {{ {do} }}
"""


@pytest.mark.parametrize(
    ("do", "end"),
    [
        ('kind = "reset"', "reset"),
        ('kind = "no_answer"', "fin"),
        ('kind = "disconnect"', "fin"),
        ('kind = "hang", for = "50ms"', "fin"),
        ('kind = "accept_hang", for = "50ms"', "reset"),
        ('kind = "garbage", size = "9B"', "fin"),
    ],
)
def test_a_connection_can_meet_trouble_before_it_says_anything(do: str, end: str) -> None:
    async def story(client: Client) -> None:
        async with Raw(client.running.rest_url) as raw:
            seen = await raw.hear()
            assert (seen.end, len(seen.data)) == (end, 9 if "garbage" in do else 0)
        async with Raw(client.running.rest_url) as raw:
            await raw.say(request())
            assert (await raw.hear(SILENCE_S)).data

    tell(story, connecting(do, "first = 1"))


HELD = (
    'kind = "hang"',
    'kind = "half_open"',
    'kind = "half_open", at = "during"',
    'kind = "endless_chunks"',
    'kind = "slow_body", every = "60s"',
    'kind = "latency", delay = "60s"',
    'kind = "listener_down", for = "60s", cut = false',
)


@pytest.mark.parametrize("do", HELD)
def test_the_end_of_the_run_waits_for_nobody(do: str) -> None:
    ended = []

    async def story(client: Client) -> None:
        faults = client.running.simulation.parts.metrics.faults
        raw = Raw(client.running.rest_url)
        await raw.__aenter__()
        await raw.say(request())
        await until(lambda: faults.total() == 1)
        ended.append((raw, time.monotonic()))

    tell(story, rule(do))
    raw, began = ended[0]
    assert time.monotonic() - began < 2
    asyncio.run(raw.__aexit__())


STORY = """
[[rule]]
id = "connections"
match = { moment = "connect" }
when = { per = "global", nth = 3 }
do = { kind = "reset" }
""" + "".join(
    f"""
[[rule]]
id = "r{number}"
match = {{ path = "/api/*" }}
when = {{ per = "global", nth = {number} }}
do = {{ {do} }}
"""
    for number, do in enumerate(
        (
            'kind = "reset", at = "during"',
            'kind = "garbage"',
            'kind = "no_answer", at = "after"',
            'kind = "truncate"',
            'kind = "latency", dist = "lognormal", p50 = "3ms", p99 = "9ms"',
            'kind = "listener_down", for = "20ms"',
        ),
        1,
    )
)


def test_a_run_full_of_trouble_replays_to_the_byte(tmp_path: Path) -> None:
    runs: list[RunDirectory] = []

    async def story(client: Client) -> None:
        url = client.running.rest_url
        while client.running.simulation.parts.metrics.faults.total() < 7:
            if await refused(url):
                continue
            async with Raw(url) as raw:
                try:
                    await raw.say(request())
                    await raw.hear(0.1)
                except ConnectionError:
                    continue
        assert client.running.directory is not None
        runs.append(client.running.directory)

    tell(story, STORY, runs=tmp_path)
    journal = "".join(file.read_text() for file in lane_files(runs[0].journal, "rest"))
    assert journal.count('"faults":') == 6
    (tmp_path / "again").mkdir()
    comparison = replay(runs[0], tmp_path / "again")
    assert (comparison.differing, comparison.first) == ((), "")
    assert comparison.digests["journal.events"]["count"]
