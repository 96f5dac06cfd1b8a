"""Decide what goes wrong: `decide(facts)` returns the plan for one request, message or frame.

Draws come from streams keyed by (seed, rule id, who is counted, ordinal), so that a new rule or a
second client moves no draw of the others. Nothing here knows what a particular kind does.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from kiwoom_sim.core.rng import Key, draw_below, stream_key
from kiwoom_sim.faults.effects import NO_FAULT, Effect, Injection, Plan
from kiwoom_sim.faults.facts import Door, Facts, Moment, client_of
from kiwoom_sim.faults.hooks import HookFunction
from kiwoom_sim.faults.occasion import Memory, Occasion
from kiwoom_sim.faults.phases import Phase, PhasePlan
from kiwoom_sim.faults.reason import Reason
from kiwoom_sim.faults.rules import AnyRule
from kiwoom_sim.faults.scope import scope_of


class FaultEngine:
    """Hold the rules of a run and what they have done so far.

    Attributes:
        phases: Which phase is in force when.
        counts: Injections so far by (rule id, kind).
        hooks: Functions that rules may name.
        known_as: Tells the pseudonym of an app key that a rule names ("key#1"), or a name that
            nobody has.
    """

    def __init__(
        self, *, phases: tuple[Phase, ...] = (), rules: tuple[AnyRule, ...] = (), seed: int = 0
    ) -> None:
        self.phases = PhasePlan(phases)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.hooks: Mapping[str, HookFunction] = {}
        self.known_as: Callable[[str], str] = lambda app_key: app_key
        self._seed = seed
        self._rules = tuple(_RuleState(rule, seed) for rule in rules)
        self._doors = {rule.match.door for rule in rules}
        self._injected = 0
        self._asked: tuple[Door, Moment, int] | None = None
        self._is_forced = False

    def watches(self, door: Door) -> bool:
        """Return whether any rule is about a door; if not, nobody need ask `decide`."""
        return door in self._doors

    def reaches_sockets(self) -> bool:
        """Return whether a fault of the REST door may be felt at the WebSocket door."""
        kinds = (type(kind) for state in self._rules for kind in state.rule.do)
        return any(getattr(kind, "reaches_sockets", False) for kind in kinds)

    def watches_connections(self, moment: Moment = "connect") -> bool:
        """Return whether any rule is about connections of the REST or TLS door, before all else."""
        matches = (state.rule.match for state in self._rules)
        return any(match.door == "rest" and moment in match.moment for match in matches)

    def needs_body(self) -> bool:
        """Return whether any rule looks at body fields."""
        kinds = (kind for state in self._rules for kind in state.rule.do)
        return any(state.rule.match.body for state in self._rules) or any(
            getattr(kind, "reads_body", False) for kind in kinds
        )

    def forget(self, door: Door, connection: int) -> None:
        """Drop what rules remember of a connection that is gone."""
        for state in self._rules:
            if state.rule.match.door == door:
                state.forget(connection)

    def in_force(self, door: Door, moment: Moment, wire_ms: int) -> bool:
        """Return whether any rule could fire then; if not, nobody need ask `decide`."""
        if door not in self._doors:
            return False
        asked = (door, moment, wire_ms)
        if asked != self._asked:
            self._asked, self._is_forced = asked, self._any_in_force(*asked)
        return self._is_forced

    def reset(self) -> None:
        """Count every rule's occasions anew; ids of injections go on."""
        self.counts.clear()
        self._rules = tuple(_RuleState(state.rule, self._seed) for state in self._rules)

    def decide(self, facts: Facts) -> Plan:
        """Return what has to go wrong now; counts the occasion.

        Ask once for each request, message, frame or handshake, in the order in which they
        happen.
        """
        if facts.door not in self._doors:
            return NO_FAULT
        injections: list[Injection] = []
        phase = self.phases.at(facts.wire_ms)
        phase_start_ms = self.phases.start_ms(facts.wire_ms)
        for state in self._rules:
            app_keys = state.rule.match.app_key
            if app_keys and facts.key not in map(self.known_as, app_keys):
                continue
            fired = state.fire(facts, phase, phase_start_ms, self.hooks)
            for happening in fired:
                injections += self._inject(state.rule.id, happening)
            if fired and not state.rule.stack:
                break
        return Plan(injections=tuple(injections)) if injections else NO_FAULT

    def withdraw(self, injection: Injection) -> None:
        """Take back an injection that came to nothing, so that it does not count."""
        if self.counts[injection.rule, injection.kind]:  # nothing was counted before a reset
            self.counts[injection.rule, injection.kind] -= 1

    def _any_in_force(self, door: Door, moment: Moment, wire_ms: int) -> bool:
        phase, start_ms = self.phases.at(wire_ms), self.phases.start_ms(wire_ms)
        return any(
            state.rule.match.door == door
            and state.acts_at(moment)
            and state.is_in_force(wire_ms, phase, start_ms)
            for state in self._rules
        )

    def _inject(self, rule: str, happening: "_Happening") -> list[Injection]:
        """Return the effects of one fault, under one id."""
        self._injected += 1
        kind, effects, reason = happening
        self.counts[rule, kind] += 1
        name = f"f{self._injected}"
        return [
            Injection(fault_id=name, rule=rule, kind=kind, effect=effect, reason=reason)
            for effect in effects
        ]


_Happening = tuple[str, tuple[Effect, ...], Reason]
"""Kind and effects of a fault, and why."""


class _RuleState:
    """Count the occasions of one rule."""

    def __init__(self, rule: AnyRule, seed: int) -> None:
        self.rule = rule
        self._seed = seed
        self._keys: dict[str, Key] = {}
        self._occasions: Counter[str] = Counter()
        self._fired: Counter[str] = Counter()
        self._memories = [Memory() for _ in rule.do]
        self._scopes = tuple(scope_of(kind) for kind in rule.do)
        self._named = bool(rule.match.api)
        self._since_ms = 0

    def forget(self, connection: int) -> None:
        """Drop what is remembered of a connection; app keys stay known."""
        who = client_of("", connection)
        self._keys.pop(who, None)
        self._occasions.pop(who, None)
        self._fired.pop(who, None)
        for memory in self._memories:
            memory.texts.pop(connection, None)

    def acts_at(self, moment: Moment) -> bool:
        """Return whether the rule's kinds can act at a moment."""
        return all(not scope.moments or moment in scope.moments for scope in self._scopes)

    def is_in_force(self, wire_ms: int, phase: Phase | None, phase_start_ms: int) -> bool:
        """Return whether the rule's phase and stretch of time are now."""
        rule = self.rule
        if rule.phase and (phase is None or phase.id not in rule.phase):
            return False
        return rule.when.is_open(wire_ms, phase_start_ms)

    def fire(
        self,
        facts: Facts,
        phase: Phase | None,
        phase_start_ms: int,
        hooks: Mapping[str, HookFunction],
    ) -> list[_Happening]:
        """Return what happens; empty if the rule does not fire."""
        rule, when = self.rule, self.rule.when
        if not self.is_in_force(facts.wire_ms, phase, phase_start_ms):
            return []
        if not rule.match.matches(facts) or not self._covers(facts):
            return []
        if rule.phase and phase_start_ms != self._since_ms:
            self._since_ms = phase_start_ms
            for memory in self._memories:
                memory.texts.clear()
        who = self._who(facts)
        self._occasions[who] += 1
        ordinal = self._occasions[who]
        if not when.selects(ordinal) or (when.max is not None and self._fired[who] >= when.max):
            return []
        key = self._key(who)
        drawn = self._take_chance(key, ordinal)
        if drawn is None:
            return []
        happened: list[_Happening] = []
        for place, kind in enumerate(rule.do):
            occasion = Occasion(
                facts, key=key, ordinal=ordinal, place=place, memory=self._memories[place]
            )
            occasion.hooks = hooks
            name = str(kind.__struct_config__.tag)
            effects = kind.effects(occasion)
            if effects:
                reason = Reason(
                    phase=phase.id if phase is not None else "",
                    who=who,
                    occasion=ordinal,
                    draws=(*drawn, *occasion.draws),
                    chance_bps=when.probability_bps,
                )
                happened.append((name, effects, reason))
        if happened:
            self._fired[who] += 1
        return happened

    def _covers(self, facts: Facts) -> bool:
        return all(scope.covers(facts, named=self._named) for scope in self._scopes)

    def _take_chance(self, key: Key, ordinal: int) -> tuple[tuple[int, int], ...] | None:
        """Return what was drawn for the rule's chance; None if that came to nothing."""
        chance = self.rule.when.probability_bps
        if chance is None:
            return ()
        value = draw_below(key, 10_000, ordinal)
        return ((value, 10_000),) if value < chance else None

    def _who(self, facts: Facts) -> str:
        match self.rule.when.per:
            case "client":
                return facts.client
            case "key":
                return facts.key
            case "global":
                return ""

    def _key(self, who: str) -> Key:
        if who not in self._keys:
            self._keys[who] = stream_key(self._seed, "fault", f"{self.rule.id}|{who}")
        return self._keys[who]
