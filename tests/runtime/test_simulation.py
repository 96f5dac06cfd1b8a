"""Check a whole run without sockets: records in, answers and frames out."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiwoom_sim.market.store import NotReady
from kiwoom_sim.observe.recent import Wanted
from kiwoom_sim.observe.records import Record
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.loader import parse_scenario

CALM = """
schema = 1
seed = 7
[clock]
start = 2026-03-23T09:30:00
[market]
symbols = ["005930", "000660"]
"""


class Client:
    """Speak to a simulation: numbers records and keeps the token."""

    def __init__(self, text: str = CALM, **changes: Any) -> None:
        self.simulation = Simulation(parse_scenario(text), epoch_ms=1_774_258_200_000, **changes)
        self.parts = self.simulation.parts
        self.seq = 0
        self.token = ""

    def record(self, kind: Any, door: Any, ms: int, **fields: Any) -> Record:
        self.seq += 1
        return Record(ms=ms, seq=self.seq, conn=1, kind=kind, door=door, **fields)

    def request(self, path: str, body: dict[str, str], ms: int = 0, **headers: str) -> Record:
        text = msgspec.json.encode(body).decode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.record("bytes", "rest", ms, method="POST", path=path, headers=named, text=text)

    def login(self) -> None:
        keys = {"grant_type": "client_credentials", "appkey": "a", "secretkey": "b"}
        reply = self.simulation.feed(self.request("/oauth2/token", keys))
        assert reply is not None
        self.token = msgspec.json.decode(reply.body)["token"]

    def quote(self, ms: int = 0, code: str = "005930") -> Record:
        return self.request(
            "/api/dostk/stkinfo",
            {"stk_cd": code},
            ms,
            api_id="ka10001",
            authorization=f"Bearer {self.token}",
        )

    def say(self, message: dict[str, Any], ms: int = 0) -> list[dict[str, Any]]:
        text = msgspec.json.encode(message).decode()
        self.simulation.feed(self.record("bytes", "ws", ms, text=text))
        return self.heard()

    def connect(self, ms: int = 0) -> None:
        path = "/api/dostk/websocket"
        self.simulation.feed(self.record("open", "ws", ms, path=path))
        assert self.say({"trnm": "LOGIN", "token": self.token}, ms)[0]["return_code"] == 0

    def heard(self) -> list[dict[str, Any]]:
        frames = self.simulation.take_frames()
        return [msgspec.json.decode(f.frame) if f.close < 0 else {"close": f.close} for f in frames]

    def lines(self) -> dict[str, Any]:
        self.simulation.flush()
        return self.simulation.digests()


def register(*types: str, items: tuple[str, ...] = ("005930",)) -> dict[str, Any]:
    data = [{"item": list(items), "type": list(types)}]
    return {"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data}


@pytest.fixture
def client() -> Client:
    made = Client()
    made.login()
    return made


def test_a_quote_is_answered_as_of_its_arrival(client: Client) -> None:
    early = client.simulation.feed(client.quote(1_000))
    late = client.simulation.feed(client.quote(3_600_000))
    assert early is not None
    assert late is not None
    assert msgspec.json.decode(early.body)["return_code"] == 0
    assert early.body != late.body


def test_a_slow_answer_is_the_same_as_a_quick_one(client: Client) -> None:
    other = Client()
    other.login()
    client.parts.store.cooperative = True
    ticket = client.simulation.admit(client.quote(5_000))
    later = client.simulation.admit(client.quote(9_000))
    for waiting in (later, ticket):
        while waiting.reply is None:
            try:
                client.simulation.requests.answer(waiting)
            except NotReady as missing:
                missing.build()
    quick = [other.simulation.feed(other.quote(ms)) for ms in (5_000, 9_000)]
    assert [ticket.reply, later.reply] == quick
    assert client.lines() == other.lines()


def test_frames_come_in_order_whatever_the_pump(client: Client) -> None:
    other = Client()
    other.login()
    for each in (client, other):
        each.connect()
        assert each.say(register("0B", "0D"))[0]["return_code"] == 0
    for ms in range(0, 20_001, 700):
        client.simulation.pump(ms)
    client.simulation.pump(20_000)
    other.simulation.pump(20_000)
    heard = other.heard()
    assert client.heard() == heard
    assert {frame["trnm"] for frame in heard} == {"REAL", "PING"}
    assert client.lines() == other.lines()


def test_the_last_tick_is_the_quote(client: Client) -> None:
    client.connect()
    client.say(register("0B"))
    client.simulation.pump(45_000)
    ticks = [frame for frame in client.heard() if frame["trnm"] == "REAL"]
    values = ticks[-1]["data"][0]["values"]
    reply = client.simulation.feed(client.quote(45_000))
    assert reply is not None
    quote = msgspec.json.decode(reply.body)
    assert (quote["cur_prc"], quote["trde_qty"]) == (values["10"], values["13"])


def test_nothing_is_heard_after_remove(client: Client) -> None:
    client.connect()
    client.say(register("0B"))
    client.say({**register("0B"), "trnm": "REMOVE"}, 30_000)
    client.simulation.pump(45_000)
    assert {frame["trnm"] for frame in client.heard()} <= {"PING"}


STORM = (
    CALM
    + """
[[phase]]
id = "calm"
for = "1s"
[[phase]]
id = "storm"
for = "1s"
set = { "limit.per_api.rate" = "1/1s" }
[[phase]]
id = "recovery"
[[rule]]
id = "lost"
phase = "recovery"
match = { api = "ka10001" }
do = { kind = "disconnect", at = "after" }
[[event]]
at = "500ms"
do = { kind = "halt", code = "005930" }
[[event]]
id = "odd"
at = "600ms"
do = { kind = "price", code = "005930", price = 1 }
"""
)


def test_phases_change_the_wire_and_are_told() -> None:
    client = Client(STORM)
    client.login()

    def codes(ms: int, count: int) -> list[int]:
        found = []
        for _ in range(count):
            reply = client.simulation.feed(client.quote(ms))
            found.append(0 if reply is None else reply.status)
        return found

    assert codes(100, 3) == [200, 200, 200]
    assert codes(1_500, 3) == [200, 429, 429]
    assert codes(2_500, 1) == [0]
    assert client.parts.metrics.faults[("lost", "disconnect")] == 1
    assert client.lines()["journal.rest"]["count"] == 8


def test_scripted_commands_change_the_market_at_their_time() -> None:
    client = Client(STORM)
    client.login()
    before = client.parts.world.views(499).market.quote("005930", client.parts.world.clock.at(499))
    client.simulation.pump(1_000)
    now = client.parts.world.clock.at(1_000)
    assert not before.halted
    assert client.parts.world.market.quote("005930", now).halted


def test_the_end_answers_everything_and_says_goodbye(client: Client) -> None:
    client.connect()
    client.parts.store.cooperative = True
    client.simulation.admit(client.quote(10))
    client.simulation.feed(client.record("signal", "", 20, text="SIGINT"))
    assert client.heard() == [{"close": 1001}]
    assert client.lines()["journal.rest"]["count"] == 2


@pytest.mark.parametrize(("text", "refusal"), [("reset", ""), ("reset tokens", "8005")])
def test_a_reset_gives_back_what_limits_took(text: str, refusal: str) -> None:
    client = Client(CALM + '[wire]\nenvironment = "demo"\n')
    client.login()

    def refusals(count: int) -> list[str]:
        replies = [client.simulation.feed(client.quote()) for _ in range(count)]
        return [reply.refusal for reply in replies if reply is not None]

    assert refusals(3) == ["", "", "1700"]
    client.simulation.feed(client.record("control", "", 0, text=text))
    assert refusals(1) == [refusal]
    assert [seen.seq for seen in client.simulation.requests.log.latest(Wanted())] == [client.seq]


DEAD = """
[[ws]]
id = "dead"
when = { first = 1 }
do = { kind = "dead_registration" }
"""


def test_a_reset_lets_dead_registrations_live_again() -> None:
    client = Client(CALM + DEAD)
    client.login()
    client.connect()
    client.say({"trnm": "REG", "grp_no": "1", "data": [{"item": ["005930"], "type": ["0B"]}]})
    client.simulation.pump(20_000)
    assert {message["trnm"] for message in client.heard()} == {"PING"}
    client.simulation.feed(client.record("control", "", 20_000, text="reset"))
    client.simulation.pump(40_000)
    assert {message["trnm"] for message in client.heard()} == {"PING", "REAL"}


WAITING = (
    CALM
    + """
[[phase]]
id = "wait for it"
until = "rest.requests >= 3"
timeout = "20s"
[[phase]]
id = "rise"
for = "3s"
set = { "wire.register_per_second" = "1 -> 5" }
[[phase]]
id = "rest"
"""
)


def events(client: Client) -> list[tuple[int, str, str]]:
    entries = client.parts.journal._pending_events
    return [(e.ms, e.event, str(e.detail.get("id", ""))) for e in entries]


def test_a_record_ends_a_phase_and_the_next_one_begins() -> None:
    client = Client(WAITING)
    client.login()
    for ms in (10, 20):
        assert client.simulation.reached(ms) == ""
        client.simulation.feed(client.quote(ms))
    assert client.simulation.reached(30) == "wait for it"
    client.simulation.feed(client.record("control", "", 4_000, text="until wait for it"))
    assert client.simulation.reached(4_000) == ""
    client.simulation.advance(8_000)
    assert events(client) == [
        (0, "phase_began", "wait for it"),
        (4_000, "until_reached", "wait for it"),
        (4_000, "phase_began", "rise"),
        (7_000, "phase_began", "rest"),
    ]


def test_without_the_record_the_time_out_ends_it() -> None:
    client = Client(WAITING)
    client.simulation.advance(25_000)
    assert [entry[:2] for entry in events(client)] == [
        (0, "phase_began"),
        (20_000, "until_timed_out"),
        (20_000, "phase_began"),
        (23_000, "phase_began"),
    ]


def test_a_ramp_moves_what_clients_are_allowed() -> None:
    client = Client(WAITING.replace('until = "rest.requests >= 3"\ntimeout = "20s"', 'for = "1s"'))
    client.login()
    client.connect()
    message = {"trnm": "REG", "grp_no": "1", "data": [{"item": ["005930"], "type": ["0B"]}]}
    passed = []
    for second in (1, 2, 3):
        client.simulation.pump(second * 1_000 + 1)
        client.heard()
        heard = [client.say(message, second * 1_000 + 1) for _ in range(9)]
        passed.append(sum(frame["return_code"] == 0 for frames in heard for frame in frames[:1]))
    assert passed == [1, 3, 5]


def test_the_door_of_frames_follows_a_phase_that_ended_early() -> None:
    text = WAITING.replace(
        'set = { "wire.register_per_second" = "1 -> 5" }', 'set = { "wire.ping_interval" = "1s" }'
    ).replace('for = "3s"', 'for = "60s"')
    client = Client(text)
    client.login()
    client.connect()
    client.simulation.feed(client.record("control", "", 500, text="until wait for it"))
    client.simulation.pump(13_000)
    pings = [frame for frame in client.heard() if frame.get("trnm") == "PING"]
    assert len(pings) >= 3  # one after 10 s as before, then one a second


def test_connections_of_the_rest_door_are_judged_and_told() -> None:
    rule = """
[[rule]]
id = "second"
match = { moment = "connect" }
when = { per = "global", nth = 2 }
do = { kind = "reset" }
"""
    client = Client(CALM + rule)
    for _ in range(2):
        assert client.simulation.feed(client.record("open", "rest", 5)) is None
    assert client.parts.metrics.faults == {("second", "reset"): 1}
    client.simulation.flush()
    client.simulation.feed(client.record("signal", "", 9, text="stop"))
    client.simulation.flush()
    assert client.simulation.digests()["journal.events"]["count"] == 3


def test_neither_ids_nor_a_journal_change_what_a_client_is_sent(tmp_path: Path) -> None:
    def sent(text: str, **changes: Any) -> tuple[list[Any], list[Any], dict[str, Any]]:
        client = Client(text, **changes)
        client.login()
        replies = [client.simulation.feed(client.quote(ms)) for ms in (10, 20, 3_000)]
        client.connect(4_000)
        frames = client.say(register("0B"), 4_000)
        client.simulation.feed(client.record("signal", "", 9_000, text="stop"))
        return replies, [*frames, *client.heard()], client.lines()

    rule = '[[rule]]\nid = "r"\nwhen = { nth = 2 }\ndo = { kind = "http_error", status = 500 }\n'
    (tmp_path / "journal").mkdir()
    plain = sent(CALM + rule)
    kept = sent(CALM + rule, directory=tmp_path)
    shown = sent(f"{CALM}{rule}[wire]\nsim_id = true\n")
    assert kept == plain
    assert shown[1:] == plain[1:]
    for with_id, without in zip(shown[0], plain[0], strict=True):
        headers = tuple(pair for pair in with_id.headers if pair[0] != "x-sim-id")
        assert len(headers) == len(with_id.headers) - 1
        assert msgspec.structs.replace(with_id, headers=headers) == without
