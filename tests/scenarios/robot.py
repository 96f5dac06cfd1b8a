"""Listen to a scenario in stepped time, as a patient WebSocket client does."""

from typing import Any

import msgspec

from kiwoom_sim.observe.records import Record
from kiwoom_sim.observe.run_directory import RunDirectory
from kiwoom_sim.runtime.outbox import Outgoing
from kiwoom_sim.runtime.simulation import Simulation
from kiwoom_sim.scenario.schema import Scenario

STEP_MS = 100
RETRY_MS = 1_000
PATIENCE_MS = 25_000
PATH = "/api/dostk/websocket"
ITEMS = ("005930", "000660")
TYPES = ("0B", "0D")


class Robot:
    """Hold one client that logs in, registers, answers PINGs and comes back when it is cut off.

    Attributes:
        heard: (wire time, connection, text) of everything it was sent.
        ends: (wire time, close code) of its connections; -1 = it gave up on a silent one.
        items, types: What it registers.
    """

    def __init__(self, scenario: Scenario, directory: RunDirectory | None = None) -> None:
        self.simulation = Simulation(
            scenario, epoch_ms=0, directory=directory.path if directory else None,
            run=directory.run if directory else "",
        )  # fmt: skip
        self.items, self.types = list(ITEMS), list(TYPES)
        self.simulation.parts.store.cooperative = False
        self.heard: list[tuple[int, int, bytes]] = []
        self.ends: list[tuple[int, int]] = []
        self._sequence = 0
        self._connection = 0
        self._is_open = False
        self._next_ms = 0
        self._last_ms = 0
        self._token = ""

    def run(self, until_ms: int) -> "Robot":
        """Listen to a wire time."""
        for ms in range(0, until_ms + 1, STEP_MS):
            self.step(ms)
        return self

    def step(self, ms: int) -> None:
        """Do what is to be done at a wire time."""
        if not self._token:
            self._ask_token(ms)
        if not self._is_open and ms >= self._next_ms:
            self._connect(ms)
        self.simulation.pump(ms)
        self._listen(ms)
        if self._is_open and ms - self._last_ms > PATIENCE_MS:
            self._feed(ms, "close")
            self._lost(ms, -1)

    def faults(self) -> set[str]:
        """Return the rules that fired."""
        return {rule for rule, _ in self.simulation.parts.metrics.faults}

    def messages(self) -> list[dict[str, Any]]:
        """Return what it was told, as far as it was JSON objects."""
        return [message for _, _, text in self.heard if (message := read(text))]

    def _ask_token(self, ms: int, appkey: str = "a") -> None:
        keys = {"grant_type": "client_credentials", "appkey": appkey, "secretkey": "b"}
        reply = self.simulation.feed(
            Record(
                ms=ms, seq=self._count(), conn=1, kind="bytes", door="rest", method="POST",
                path="/oauth2/token", text=msgspec.json.encode(keys).decode(),
            )
        )  # fmt: skip
        assert reply is not None
        self._token = msgspec.json.decode(reply.body)["token"]

    def _connect(self, ms: int) -> None:
        self._connection += 1
        plan = self._feed(ms, "open", path=PATH)
        if plan.instead is not None or plan.ends:
            self._lost(ms, 0)
            return
        self._is_open, self._last_ms = True, ms
        self._say(ms, {"trnm": "LOGIN", "token": self._token})

    def _listen(self, ms: int) -> None:
        for item in self.simulation.take_frames():
            if not self._is_open or self._connection not in item.to:
                continue
            if item.ending is not None and item.ending.name in {"hang", "half_open"}:
                continue  # it does not hear that nobody is there any more
            if item.is_last:
                self._lost(ms, max(0, item.close))
            else:
                self._hear(ms, item)

    def _hear(self, ms: int, item: Outgoing) -> None:
        self.heard.append((item.ms, self._connection, item.frame))
        self._last_ms = ms
        message = read(item.frame)
        name, code = message.get("trnm"), message.get("return_code")
        if name == "PING":
            self._say(ms, message)
        elif (name, code) == ("LOGIN", 0) or (name == "REG" and code):
            self._register(ms)

    def _register(self, ms: int) -> None:
        data = [{"item": self.items, "type": self.types}]
        self._say(ms, {"trnm": "REG", "grp_no": "1", "refresh": "1", "data": data})

    def _lost(self, ms: int, code: int) -> None:
        self._is_open = False
        self._next_ms = ms + RETRY_MS
        self.ends.append((ms, code))

    def _say(self, ms: int, message: object) -> None:
        self._feed(ms, "bytes", text=msgspec.json.encode(message).decode())

    def _feed(self, ms: int, kind: Any, **fields: Any) -> Any:
        record = Record(
            ms=ms, seq=self._count(), conn=self._connection, kind=kind, door="ws", **fields
        )
        self.simulation.accept(record)
        self.simulation.pump(ms)
        return self.simulation.apply(record)

    def _count(self) -> int:
        self._sequence += 1
        return self._sequence


def read(text: bytes) -> dict[str, Any]:
    """Return the JSON object that a text is; nothing of any other text."""
    try:
        message = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return message if isinstance(message, dict) else {}
