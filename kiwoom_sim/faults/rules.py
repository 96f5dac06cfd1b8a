"""Describe a rule: what it is about, when it fires, and what happens then.

REST and WebSocket rules are one mechanism; they differ in what can be matched.
"""

from typing import Annotated

from msgspec import Meta, Struct

from kiwoom_sim.faults.kinds import FaultKind
from kiwoom_sim.faults.match import Match, WsMatch
from kiwoom_sim.faults.when import When


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe one way in which the REST door misbehaves.

    Attributes:
        id: Name, unique among all rules; random draws are keyed by it.
        phase: Phases in which the rule is in force; none = always.
        match: What it is about.
        when: On which occasions it fires.
        do: What happens: one fault, or a list of faults that happen together.
        stack: True lets later rules fire as well; otherwise the first rule that fires ends
            the search.
    """

    id: Annotated[str, Meta(min_length=1)]
    do: Annotated[tuple[FaultKind, ...], Meta(min_length=1)]
    phase: tuple[str, ...] = ()
    match: Match = Match()
    when: When = When()
    stack: bool = False


class WsRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe one way in which the WebSocket door misbehaves.

    Attributes:
        id: Name, unique among all rules; random draws are keyed by it.
        phase: Phases in which the rule is in force; none = always.
        match: What it is about: handshakes, messages of the client, frames to it.
        when: On which occasions it fires.
        do: What happens: one fault, or a list of faults that happen together.
        stack: True lets later rules fire as well; otherwise the first rule that fires ends
            the search.
    """

    id: Annotated[str, Meta(min_length=1)]
    do: Annotated[tuple[FaultKind, ...], Meta(min_length=1)]
    phase: tuple[str, ...] = ()
    match: WsMatch = WsMatch()
    when: When = When()
    stack: bool = False


AnyRule = Rule | WsRule
