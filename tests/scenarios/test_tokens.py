"""Step through the scenarios about tokens: every rule fires, and as its comment says."""

from kiwoom_sim.observe.records import Record
from tests.scenarios.caller import Caller, code, told


def fired(client: Caller) -> dict[str, int]:
    """Return how often each rule fired, as its counter says; the journal says the same."""
    counts = {rule: n for (rule, _), n in sorted(client.metrics.faults.items())}
    assert sum(counts.values()) == client.simulation.parts.faults._injected
    return counts


def test_tokens_die_early_and_a_new_one_is_good() -> None:
    client = Caller("token_expiry")
    client.login()
    assert client.codes(range(0, 19_000, 1_000)) == [""] * 19
    refused = client.call(19_000).reply
    assert refused is not None
    assert (refused.status, told(refused)["return_code"], refused.refusal) == (200, 3, "8005")
    assert client.codes(range(20_000, 59_000, 1_000)) == ["8005"] * 39
    client.login(59_000)
    assert client.codes(range(59_000, 59_001)) == [""]
    assert client.codes(range(60_000, 60_001)) == ["8005"]
    client.login(61_000)
    assert client.codes(range(61_000, 73_000, 1_000)) == [""] * 10 + ["8005"] * 2
    client.login(119_999)
    assert client.codes(range(119_999, 120_000)) == [""]
    assert client.codes(range(129_999, 130_000)) == ["8005"]
    client.login(130_000)
    assert client.codes(range(130_000, 3_600_000, 60_000)) == [""] * 58
    assert fired(client) == {"early-end": 1, "second-end": 1}


def test_another_process_takes_the_token_again_and_again() -> None:
    client = Caller("token_superseded")
    for round_ms in range(0, 180_000, 60_000):
        client.login(round_ms)
        outcomes = client.codes(range(round_ms, round_ms + 60_000, 2_000))
        assert outcomes == [""] * 29 + ["8005"]
    assert fired(client) == {"second-process": 3}


def test_a_second_process_throws_the_websocket_off_at_that_very_moment() -> None:
    client = Caller("token_superseded")
    client.login()
    hello = f'{{"trnm":"LOGIN","token":"{client.token}"}}'
    fields = [("open", {"path": "/api/dostk/websocket"}), ("bytes", {"text": hello})]
    for kind, more in fields:
        client.seq += 1
        client.simulation.feed(
            Record(ms=0, seq=client.seq, conn=1, kind=kind, door="ws", **more)  # type: ignore[arg-type] # spelled above
        )
    client.codes(range(0, 29_000, 1_000))
    client.simulation.pump(29_000)
    client.simulation.take_frames()
    assert code(client.call(29_000)) == "8005"
    frames = client.simulation.take_frames()
    assert [frame.ms for frame in frames] == [29_000, 29_000]
    assert b"R10001" in frames[0].frame
    assert (frames[1].close, frames[1].reason) == (1000, "Bye")
    assert {frame.faults for frame in frames} == {("f1",)}


def test_another_address_needs_another_token() -> None:
    client = Caller("ip_changed")
    first = client.login()["token"]
    assert client.codes(range(0, 24_000, 1_000)) == [""] * 24
    assert client.codes(range(24_000, 30_000, 1_000)) == ["8010"] * 6
    assert client.login(30_000)["token"] != first
    assert client.codes(range(30_000, 90_000, 1_000)) == [""] * 60
    assert client.codes(range(120_000, 160_000, 1_000)) == [""] * 39 + ["8010"]
    client.login(160_000)
    assert client.codes(range(160_000, 161_000, 1_000)) == [""]
    assert fired(client) == {"moved-once": 1, "moves-on": 1}


def test_a_key_of_the_other_environment_opens_no_door() -> None:
    client = Caller("wrong_environment")
    answer = client.login(100)
    assert (answer["return_code"], "token" in answer) == (2, False)
    assert "8030" in answer["return_msg"]
    assert "8030" in client.login(60_099)["return_msg"]
    assert client.login(60_100)["return_code"] == 0
    assert client.codes(range(61_000, 80_000, 1_000)) == [""] * 19
    assert client.codes(range(80_000, 110_000, 10_000)) == ["8031"] * 3
    assert client.login(100_000)["return_code"] == 2
    assert client.codes(range(110_000, 111_000, 1_000)) == [""]
    assert fired(client) == {"key-of-the-mock": 1, "token-of-the-mock": 1}
