"""Connect all WebSocket sessions: who is logged in, who has to leave, who is due next.

The rules between sessions live here; what is said within one lives in `session`, on the path
of older mocks in `ralph.session`.

Invariants: outputs of one call are in the order in which they have to be performed; sessions
that are due together are served in order of their connections.
"""

from heapq import heapify, heappop, heappush

from kiwoom_sim.protocol.config import WireConfig
from kiwoom_sim.protocol.ralph.session import PATH, Lobby, RalphSession
from kiwoom_sim.protocol.registry import Registry
from kiwoom_sim.protocol.session import Output, Session
from kiwoom_sim.protocol.tokens import TokenBook

KICKED = "R10001"
"""Code of the SYSTEM frame that ends a session for another one with the same app key."""

AnySession = Session | RalphSession


class Switchboard:
    """Hold the sessions of a run.

    Args:
        lobby: What sessions of the `ralph` dialect share; None = it is not spoken.

    Attributes:
        registry: What every connection of the official wire listens to.
    """

    def __init__(self, config: WireConfig, tokens: TokenBook, lobby: Lobby | None = None) -> None:
        self.registry = Registry()
        self._config = config
        self._tokens = tokens
        self._lobby = lobby
        self._sessions: dict[int, AnySession] = {}
        self._by_key: dict[int, dict[int, None]] = {}
        self._due: list[tuple[int, int]] = []

    @property
    def next_due_ms(self) -> int | None:
        """Return the wire time at which `due` has something to do, None if never."""
        while self._due and not self._is_current(*self._due[0]):
            heappop(self._due)
        return self._due[0][0] if self._due else None

    def session(self, connection: int) -> AnySession | None:
        """Return the session of an open connection."""
        return self._sessions.get(connection)

    def key_of(self, connection: int) -> int:
        """Return the ordinal of the app key that a connection logged in with, 0 before."""
        session = self._sessions.get(connection)
        return session.key if session is not None else 0

    def key_of_login(self, token: object, wire_ms: int) -> int:
        """Return the ordinal of the app key that a LOGIN names by its token, 0 if it is none."""
        found = self._tokens.find(token, wire_ms) if isinstance(token, str) else None
        return found.key if found is not None else 0

    def speaks_ralph(self, connection: int) -> bool:
        """Say whether a connection speaks the contract of the older mocks."""
        return isinstance(self._sessions.get(connection), RalphSession)

    def postpone(self, by_ms: int) -> None:
        """Let what is due in sessions come later: all their clocks stood still."""
        for session in self._sessions.values():
            session.postpone(by_ms)
            self._schedule(session)

    def connections(self) -> tuple[int, ...]:
        """Return the open connections, in order of opening."""
        return tuple(self._sessions)

    def configure(self, config: WireConfig) -> None:
        """Go on with other settings, in open sessions too."""
        self._config = config
        for session in self._sessions.values():
            session.configure(config)

    def open(self, connection: int, wire_ms: int, path: str = "") -> list[Output]:
        """Begin a session, on `/ws` with a welcome; others are silent until the peer logs in."""
        if self._lobby is not None and path == PATH:
            guest = RalphSession(connection, self._lobby)
            self._sessions[connection] = guest
            return guest.welcome(wire_ms)
        session = Session(connection, self._config, self._tokens, self.registry, wire_ms)
        self._sessions[connection] = session
        self._schedule(session)
        return []

    def receive(self, connection: int, text: str | bytes, wire_ms: int) -> list[Output]:
        """Take one message of a peer and return what to do, possibly to others too."""
        session = self._sessions.get(connection)
        if session is None:
            return []
        due_ms, key = session.due_ms, session.key
        outputs = session.receive(text, wire_ms)
        if session.is_open and session.key != key:
            self._by_key.get(key, {}).pop(connection, None)
            outputs = [*self._kick(session.key), *outputs]
            self._by_key.setdefault(session.key, {})[connection] = None
        self._settle(session, due_ms)
        return outputs

    def due(self, wire_ms: int) -> list[Output]:
        """Do everything that has come due, in order of (time, connection)."""
        outputs: list[Output] = []
        while (next_ms := self.next_due_ms) is not None and next_ms <= wire_ms:
            _, connection = heappop(self._due)
            session = self._sessions[connection]
            outputs += session.due(next_ms)
            self._settle(session, next_ms)
        return outputs

    def close(self, connection: int) -> None:
        """Forget a connection whose peer is gone."""
        session = self._sessions.get(connection)
        if session is not None:
            session.forget()
            self._discard(session)

    def dismiss(self, key: int, code: str = KICKED) -> list[Output]:
        """End every session of an app key, with a SYSTEM frame if a code is given."""
        outputs: list[Output] = []
        for connection in tuple(self._by_key.get(key, ())):
            session = self._sessions[connection]
            outputs += session.end(code)
            self._discard(session)
        return outputs

    def _kick(self, key: int) -> list[Output]:
        return self.dismiss(key) if self._config.duplicate_login == "kick-older" else []

    def _settle(self, session: AnySession, due_ms: int | None) -> None:
        if session.has_ended:
            self._discard(session)
        elif session.due_ms != due_ms:
            self._schedule(session)

    def _schedule(self, session: AnySession) -> None:
        if session.due_ms is not None:
            heappush(self._due, (session.due_ms, session.connection))
        if len(self._due) > 64 + 4 * len(self._sessions):
            self._due = [entry for entry in self._due if self._is_current(*entry)]
            heapify(self._due)

    def _is_current(self, due_ms: int, connection: int) -> bool:
        session = self._sessions.get(connection)
        return session is not None and session.due_ms == due_ms

    def _discard(self, session: AnySession) -> None:
        self._sessions.pop(session.connection, None)
        self._by_key.get(session.key, {}).pop(session.connection, None)
