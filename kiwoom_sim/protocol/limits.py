"""Judge calls by the limits that hold: the first without room refuses, shadow limits take notes.

Limits are asked in the order of the scenario. A call counts in all of them or, refused, in none;
a shadow limit counts only what the others let pass.

Invariants: a block begins with the refusal that brings it and ends before its last ms is over;
refusals inside a block do not lengthen it. When settings change, meters keep what they counted.

Source:
    Codes 1700, 1701, 1702 and 1634 of the guide; numbers as published by clients, see `policies`.
"""

from collections import deque
from collections.abc import Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from kiwoom_sim.core.meters import Meter, meter
from kiwoom_sim.protocol.policies import Limit, Policy, resolve
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

_Place = tuple[int, str]
"""Who and what a limit counts together: app key (0 = all) and API id or path ("" = all)."""


class Block(Struct, frozen=True, kw_only=True):
    """Tell that a block began.

    Attributes:
        until_ms: First wire time at which it is over; None = it lasts to the end of the run.
    """

    until_ms: int | None


class Verdict(Struct, frozen=True, kw_only=True):
    """Say what the limits make of one call.

    Attributes:
        passed: Names of the limits that had room for it.
        limit: Name of the limit that refuses it, "" if none does.
        refused: The refusal.
        block: What began with this refusal, if anything.
        shadow: Names of the shadow limits that would have refused it.
        counted: (name, calls counted with this one if it passed, calls allowed) of each limit
            that was asked and counts calls.
    """

    passed: tuple[str, ...] = ()
    limit: str = ""
    refused: Refused | None = None
    block: Block | None = None
    shadow: tuple[str, ...] = ()
    counted: tuple[tuple[str, int, int], ...] = ()


UNLIMITED = Verdict()


class Limits:
    """Keep what every limit has counted so far."""

    def __init__(self, limits: Sequence[Limit] = (), *, enabled: bool = True) -> None:
        self._states: tuple[_LimitState, ...] = ()
        self._of_api: dict[str, tuple[_LimitState, ...]] = {}
        self._enabled = enabled
        self.configure(limits, 0, enabled=enabled)

    def configure(self, limits: Sequence[Limit], wire_ms: int, *, enabled: bool) -> None:
        """Go on with other limits; one of the same name keeps what it counted."""
        known = {state.policy.id: state for state in self._states}
        self._states = tuple(_state(resolve(limit), known, wire_ms) for limit in limits)
        self._of_api.clear()
        self._enabled = enabled

    def reset(self) -> None:
        """Forget everything that was counted, blocks too."""
        self._states = tuple(_LimitState(state.policy) for state in self._states)
        self._of_api.clear()

    def flow(self, api_id: str, path: str) -> str:
        """Return the number of calls that the first limit of an API lets pass, "" if none."""
        found = (s.policy.rate for s in self._states if _is_about(s.policy, api_id, path))
        return next((str(rate.count) for rate in found if rate is not None), "")

    def judge(self, key: int, spec: ApiSpec, fields: dict[str, str], wire_ms: int) -> Verdict:
        """Count one call of an app key, or say which limit refuses it."""
        if not self._enabled:
            return UNLIMITED
        codes = fields.get("stk_cd", "").count("|") + 1
        taking: list[tuple[_LimitState, _Place]] = []
        asked: list[tuple[_LimitState, _Place]] = []
        shadow: list[str] = []
        for state in self._about(spec):
            place = state.place(key, spec)
            asked.append((state, place))
            if state.has_room(place, codes, wire_ms):
                taking.append((state, place))
                continue
            block = state.note_refusal(place, wire_ms)
            if state.policy.shadow:
                shadow.append(state.policy.id)
                continue
            return Verdict(
                limit=state.policy.id,
                refused=state.refusal(spec.api_id),
                block=block,
                counted=_counted(asked, wire_ms),
            )
        for state, place in taking:
            state.take(place, wire_ms)
        passed = tuple(state.policy.id for state, _ in taking)
        return Verdict(passed=passed, shadow=tuple(shadow), counted=_counted(asked, wire_ms))

    def _about(self, spec: ApiSpec) -> tuple["_LimitState", ...]:
        """Return the limits of an API, those that refuse before those that only watch."""
        found = self._of_api.get(spec.api_id)
        if found is None:
            about = [s for s in self._states if _is_about(s.policy, spec.api_id, spec.path)]
            found = tuple(sorted(about, key=lambda state: state.policy.shadow))
            self._of_api[spec.api_id] = found
        return found


class _LimitState:
    """Count the calls of one limit."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._meters: dict[_Place, Meter] = {}
        self._refusals: dict[_Place, deque[int]] = {}
        self._blocks: dict[_Place, Block] = {}

    def change(self, policy: Policy, wire_ms: int) -> None:
        """Go on with other values and the same counts, as far as they can be counted alike."""
        old, self.policy = self.policy, policy
        if old.shadow != policy.shadow:
            self._refusals.clear()
            self._blocks.clear()
        if (old.scope, old.algorithm) != (policy.scope, policy.algorithm):
            self._meters.clear()
        elif policy.rate is not None and (old.rate, old.burst) != (policy.rate, policy.burst):
            for counted in self._meters.values():
                counted.change(policy.rate, policy.burst, wire_ms)

    def place(self, key: int, spec: ApiSpec) -> _Place:
        """Return what a call is counted together with."""
        match self.policy.scope:
            case "appkey+api":
                return key, spec.api_id
            case "appkey+group":
                return key, spec.path
            case "appkey":
                return key, ""
            case "api":
                return 0, spec.api_id
            case "group":
                return 0, spec.path
            case "global":
                return 0, ""

    def has_room(self, place: _Place, codes: int, wire_ms: int) -> bool:
        """Say whether a call may pass; counts nothing."""
        policy = self.policy
        if place in self._blocks:
            until_ms = self._blocks[place].until_ms
            if until_ms is None or wire_ms < until_ms:
                return False
            del self._blocks[place]
        if policy.codes_max is not None and codes > policy.codes_max:
            return False
        return policy.rate is None or self._meter(place, wire_ms).has_room(wire_ms)

    def take(self, place: _Place, wire_ms: int) -> None:
        """Count a call that passes."""
        if self.policy.rate is not None:
            self._meter(place, wire_ms).take(wire_ms)

    def note_refusal(self, place: _Place, wire_ms: int) -> Block | None:
        """Count a refusal; return the block that it brings, if any."""
        penalty = self.policy.penalty
        if penalty is None or place in self._blocks:
            return None
        refusals = self._refusals.setdefault(place, deque())
        refusals.append(wire_ms)
        while refusals[0] <= wire_ms - penalty.within_ms:
            refusals.popleft()
        if len(refusals) < penalty.after:
            return None
        refusals.clear()
        until_ms = None if penalty.for_ms is None else wire_ms + penalty.for_ms
        self._blocks[place] = Block(until_ms=until_ms)
        return self._blocks[place]

    def refusal(self, api_id: str) -> Refused:
        """Return how a call is refused."""
        policy = self.policy
        flow = str(policy.rate.count) if policy.rate is not None else ""
        return Refused(policy.code, {"per_second": flow, "api_id": api_id}, policy.status)

    def counted(self, place: _Place, wire_ms: int) -> tuple[str, int, int] | None:
        """Return its name, the calls that count now and those allowed; None if it counts none."""
        policy, found = self.policy, self._meters.get(place)
        if policy.rate is None or found is None:
            return None
        bucket = policy.algorithm == "token_bucket"
        return policy.id, found.used(wire_ms), policy.burst if bucket else policy.rate.count

    def _meter(self, place: _Place, wire_ms: int) -> Meter:
        found = self._meters.get(place)
        if found is None:
            policy = self.policy
            assert policy.rate is not None
            found = meter(policy.algorithm, policy.rate, policy.burst, wire_ms)
            self._meters[place] = found
        return found


def _counted(
    asked: list[tuple[_LimitState, _Place]], wire_ms: int
) -> tuple[tuple[str, int, int], ...]:
    found = (state.counted(place, wire_ms) for state, place in asked)
    return tuple(each for each in found if each is not None)


def _state(policy: Policy, known: dict[str, _LimitState], wire_ms: int) -> _LimitState:
    state = known.get(policy.id)
    if state is None:
        return _LimitState(policy)
    state.change(policy, wire_ms)
    return state


def _is_about(policy: Policy, api_id: str, path: str) -> bool:
    group = path.rpartition("/")[2]
    wanted = ((policy.match.api, api_id), (policy.match.group, group))
    return all(
        not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)
        for patterns, value in wanted
    )
