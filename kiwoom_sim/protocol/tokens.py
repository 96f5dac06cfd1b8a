"""Issue, recognise and revoke access tokens (접근토큰).

A token is a text made from (seed, key ordinal, issue ordinal), so a run that is replayed issues
the same tokens; keys get ordinals in order of first appearance. Nothing here checks request
bodies: the gateway hands over plain texts.

Invariants: one live token per app key; a token never comes back to life; a refused call changes
nothing.

Known deviations: secrets are compared only where the scenario names accounts; tokens are not
bound to an address, so `8010` comes from fault rules alone. What becomes of an open WebSocket
session whose token dies is not published; it goes on.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import blake2b

from msgspec import Struct

from kiwoom_sim.core.clock import MS_PER_SECOND, format_moment
from kiwoom_sim.protocol.config import AccountConfig, WireConfig
from kiwoom_sim.protocol.refusals import Refused

BAD_TOKEN = Refused("8005")
_WRONG_KEY = Refused("8001")
_WRONG_SECRET = Refused("8002", {"reason": "Secret Key가 일치하지 않습니다"})
_WRONG_ENVIRONMENT = Refused("8030")
_FOREIGN_TOKEN = Refused("8031")
_OTHER_ADDRESS = Refused("8010")
_FOREVER_MS = 2**63
_NOT_REVOKED = Refused("8015", {"reason": "Token이 유효하지 않습니다"})


class Token(Struct, frozen=True, kw_only=True):
    """Hold one issued token.

    Attributes:
        key: Ordinal of its app key in the run, from 1.
        expires_ms: Wire time from which it is dead.
        expires_dt: The same as absolute Korean time, `YYYYMMDDHHMMSS`.
    """

    text: str
    key: int
    expires_ms: int
    expires_dt: str

    def left_s(self, wire_ms: int) -> int:
        """Return how many whole seconds it lives on."""
        return max(0, self.expires_ms - wire_ms) // MS_PER_SECOND


class Clocks(Struct, frozen=True, kw_only=True):
    """Tell what time the `expires_dt` of a token is counted from.

    Attributes:
        epoch_ms: Korean wall time at which the run began, in ms since 1970-01-01 KST.
        market_at: Market time at a wire time.
    """

    epoch_ms: int
    market_at: Callable[[int], int]


def token_text(seed: int, key: int, issue: int) -> str:
    """Return the text of a token: 86 URL-safe characters."""
    digest = blake2b(f"{seed}|token|{key}|{issue}".encode(), digest_size=64).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


class TokenBook:
    """Keep every token of a run."""

    def __init__(
        self, config: WireConfig, accounts: Sequence[AccountConfig], *, seed: int, clocks: Clocks
    ) -> None:
        self._config = config
        self._accounts = {account.appkey: account for account in accounts}
        self._seed = seed
        self._clocks = clocks
        self._keys: dict[str, int] = {}
        self._issues: dict[int, int] = {}
        self._current: dict[int, Token] = {}
        self._live: dict[str, Token] = {}
        self._owners: dict[str, int] = {}
        self._moved: set[str] = set()
        self._foreign: dict[int, int] = {}
        for account in accounts:
            self.key(account.appkey)

    def configure(self, config: WireConfig) -> None:
        """Go on with other settings; they hold for tokens issued from now on."""
        self._config = config

    def key(self, appkey: str) -> int:
        """Return the ordinal of an app key, giving it the next one if it is new."""
        return self._keys.setdefault(appkey, len(self._keys) + 1)

    def known(self, appkey: str) -> int:
        """Return the ordinal of an app key, or 0 if it never appeared."""
        return self._keys.get(appkey, 0)

    def issue(self, appkey: str, secretkey: str, wire_ms: int) -> Token | Refused:
        """Return a live token of an app key, new or as before, or why there is none."""
        refused = self._check(appkey, secretkey, wire_ms)
        if refused is not None:
            return refused
        key = self.key(appkey)
        current = self._current.get(key)
        if current is not None:
            is_good = self._alive(current, wire_ms) and current.text not in self._moved
            if self._config.token_reissue == "same" and is_good:  # noqa: S105 - not a secret
                return current
            self._live.pop(current.text, None)
        return self._make(key, wire_ms)

    def find(self, text: str, wire_ms: int) -> Token | None:
        """Return the live token of this text, or None."""
        token = self._live.get(text)
        return token if token is not None and self._alive(token, wire_ms) else None

    def check(self, text: str, wire_ms: int) -> Token | Refused:
        """Return the token of this text if it opens the doors, or why it does not."""
        token = self.find(text, wire_ms)
        if token is None:
            return BAD_TOKEN
        if self._is_foreign(token.key, wire_ms):
            return _FOREIGN_TOKEN
        return _OTHER_ADDRESS if text in self._moved else token

    def owner(self, text: str) -> int:
        """Return the ordinal of the app key that this text was issued to, dead or alive, or 0."""
        return self._owners.get(text, 0)

    def kill(self, key: int) -> None:
        """End the life of an app key's token; the next one asked for is new."""
        current = self._current.get(key)
        if current is not None:
            self._live.pop(current.text, None)

    def move(self, key: int) -> None:
        """Make an app key's token one of another address (8010); the next one asked for is new."""
        current = self._current.get(key)
        if current is not None:
            self._moved.add(current.text)

    def banish(self, key: int, until_ms: int | None) -> None:
        """Make an app key one of the other environment (8030, 8031).

        Args:
            key: Ordinal of the app key.
            until_ms: First wire time at which it is welcome again; None = never.
        """
        until_ms = _FOREVER_MS if until_ms is None else until_ms
        self._foreign[key] = max(until_ms, self._foreign.get(key, 0))

    def revoke(self, text: str, appkey: str, secretkey: str, wire_ms: int) -> Refused | None:
        """Kill a token of an app key, or say why not."""
        refused = self._check(appkey, secretkey, wire_ms)
        if refused is not None:
            return refused
        token = self.find(text, wire_ms)
        if token is None or token.key != self.known(appkey):
            return _NOT_REVOKED
        del self._live[text]
        return None

    def forget(self) -> None:
        """Kill every token; keys keep their ordinals, and new tokens are new texts."""
        self._foreign.clear()
        self._live.clear()
        self._current.clear()

    def _check(self, appkey: str, secretkey: str, wire_ms: int) -> Refused | None:
        if self._is_foreign(self.known(appkey), wire_ms):
            return _WRONG_ENVIRONMENT
        if not self._accounts:
            return None
        account = self._accounts.get(appkey)
        if account is None:
            return _WRONG_KEY
        if account.secretkey != secretkey:
            return _WRONG_SECRET
        if account.environment != self._config.environment:
            return _WRONG_ENVIRONMENT
        return None

    def _is_foreign(self, key: int, wire_ms: int) -> bool:
        return wire_ms < self._foreign.get(key, 0)

    def _alive(self, token: Token, wire_ms: int) -> bool:
        return token.text in self._live and wire_ms < token.expires_ms

    def _make(self, key: int, wire_ms: int) -> Token:
        issue = self._issues[key] = self._issues.get(key, 0) + 1
        life_ms = self._config.token_life_ms
        if self._config.token_clock == "market":  # noqa: S105 - not a secret
            from_ms = self._clocks.market_at(wire_ms)
        else:
            from_ms = self._clocks.epoch_ms + wire_ms
        token = Token(
            text=token_text(self._seed, key, issue),
            key=key,
            expires_ms=wire_ms + life_ms,
            expires_dt=format_moment(from_ms + life_ms),
        )
        self._current[key] = token
        self._live[token.text] = token
        self._owners[token.text] = key
        return token
