"""Compose a scenario: schema 1 of the TOML file, from the config structs of the rooms.

Not for: reading files (`loader.py`). A field that ends in `_ms` is a duration that a file writes
without the suffix and with a unit; `fields.py` states all such rules.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from kiwoom_sim.engine.config import ClockConfig
from kiwoom_sim.faults.distributions import Distribution
from kiwoom_sim.faults.kinds.hook import Hook
from kiwoom_sim.faults.phases import Phase, PhasePlan
from kiwoom_sim.faults.rules import AnyRule, Rule, WsRule
from kiwoom_sim.faults.stubs import Stub
from kiwoom_sim.market.config import MarketConfig
from kiwoom_sim.protocol.config import AccountConfig, WireConfig
from kiwoom_sim.protocol.policies import Limit
from kiwoom_sim.protocol.ralph.config import RalphConfig
from kiwoom_sim.scenario.events import Event
from kiwoom_sim.scenario.groups import Group, Tag

Port = Annotated[int, Meta(ge=0, le=65_535)]
REST_PORT, CONTROL_PORT, TLS_PORT = 5116, 5118, 5119


class DoorsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose where the doors listen; 0 takes any free port.

    Attributes:
        host: Address to listen on; anything but loopback is reachable from other machines.
        rest: Port of the REST door.
        ws: Port of the WebSocket door.
        control: Port of the control door; if none is given, 5118, but any free port where the
            REST door is not at 5116 either.
        tls: Port of the TLS door; if none is given, 5119, but any free port where the REST
            door is not at 5116 either.
    """

    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    rest: Port = REST_PORT
    ws: Port = 5117
    control: Port | None = None
    tls: Port | None = None

    @property
    def tls_port(self) -> int:
        """Return the port of the TLS door, 0 = any free one."""
        if self.tls is not None:
            return self.tls
        return TLS_PORT if self.rest == REST_PORT else 0

    @property
    def control_port(self) -> int:
        """Return the port of the control door, 0 = any free one."""
        if self.control is not None:
            return self.control
        return CONTROL_PORT if self.rest == REST_PORT else 0


class JournalConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose how much the journal keeps.

    Attributes:
        max_bytes: Size above which the oldest segment is dropped, as "256MB".
    """

    max_bytes: Annotated[int, Meta(ge=1_000_000)] = 256_000_000


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe one run: its world, its wire, and what goes wrong when.

    Attributes:
        schema: Version of this format.
        extends: Scenario that this one stands on: a shipped name, or a file beside this one. What
            is written here changes or adds to it; see above.
        name: Name of the scenario; the stem of the file unless given.
        description: One line for lists.
        group: What it is mainly about; lists show scenarios by it.
        tags: Words to find it by, without blanks and commas.
        seed: What every random draw comes from; the same seed gives the same run.
        clock: How market time follows wire time.
        market: Which instruments there are.
        wire: How the broker behaves on the wire.
        ralph: How the contract of the older mock servers is spoken beside it.
        doors: Where the doors listen.
        journal: How much the journal keeps.
        accounts: App keys that exist; without any, every key and secret is accepted.
        limits: Rate limits; any of them replace the built-in one, `per_api`, with the newest
            profile of the environment.
        phases: Stretches of the run, one after the other from its start.
        rules: What goes wrong at the REST door; the first rule that fires wins unless it says
            `stack`.
        ws_rules: What goes wrong at the WebSocket door, by the same grammar.
        stubs: Fixed replies instead of the market's.
        latency: Everyday waits of answers by what they are about (`"rest.*"`, `"rest.chart"`,
            `"rest.ka10081"`), and of frames (`"ws.*"`, `"ws.REAL"`, `"ws.0B"`), which keep their
            order on a connection; the most exact counts.
        events: What happens in the market.
    """

    name: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$")]
    schema: Literal[1] = 1
    extends: str = ""
    description: str = ""
    group: Group | None = None
    tags: tuple[Tag, ...] = ()
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 1
    clock: ClockConfig = ClockConfig()
    market: MarketConfig = MarketConfig()
    wire: WireConfig = WireConfig()
    ralph: RalphConfig = RalphConfig()
    doors: DoorsConfig = DoorsConfig()
    journal: JournalConfig = JournalConfig()
    accounts: tuple[AccountConfig, ...] = field(name="account", default=())
    limits: tuple[Limit, ...] = field(name="limit", default=())
    phases: tuple[Phase, ...] = field(name="phase", default=())
    rules: tuple[Rule, ...] = field(name="rule", default=())
    ws_rules: tuple[WsRule, ...] = field(name="ws", default=())
    stubs: tuple[Stub, ...] = field(name="stub", default=())
    latency: dict[str, Distribution] = {}
    events: tuple[Event, ...] = field(name="event", default=())

    @property
    def phase_plan(self) -> PhasePlan:
        """Return which phase is in force when."""
        return PhasePlan(self.phases)

    @property
    def has_hooks(self) -> bool:
        """Return whether any rule calls code from outside."""
        return any(isinstance(kind, Hook) for rule in self.all_rules for kind in rule.do)

    @property
    def all_rules(self) -> tuple[AnyRule, ...]:
        """Return the rules of both doors."""
        return (*self.rules, *self.ws_rules)
