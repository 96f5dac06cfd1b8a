"""Give a caller's orders to the desk and show it its account: what REST asks of the back office.

An account is opened when its app key first asks for anything that needs one: as the scenario
describes it, or with the usual money.

Not for: reading orders (`orders.py`), showing accounts (`queries/`).
"""

from collections.abc import Callable, Sequence

from kiwoom_sim.engine.desk import Desk
from kiwoom_sim.engine.statement import Statement
from kiwoom_sim.market.store import Store
from kiwoom_sim.protocol.calls import Call
from kiwoom_sim.protocol.config import AccountConfig, WireConfig
from kiwoom_sim.protocol.orders import give
from kiwoom_sim.protocol.projection import render_with_text
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

ACCOUNT_PATH = "/api/dostk/acnt"
ORDER_PATHS = ("/api/dostk/ordr", "/api/dostk/crdordr")

DEFAULT_ACCOUNT = AccountConfig(appkey="", secretkey="")


def concerns_accounts(path: str) -> bool:
    """Say whether a call to a path sees or changes accounts: what came before has to be done."""
    return path == ACCOUNT_PATH or path in ORDER_PATHS


class Brokerage:
    """Stand between the REST door and the desk.

    Args:
        desk: Takes the orders.
        configs: Accounts of the scenario; the first belongs to the app key with ordinal 1.
        store: Generates what an order needs on the spot: orders do not wait.
        market_at: Market time of a wire time.
        name_of: Name of an account's holder, by its ordinal.
    """

    def __init__(
        self,
        desk: Desk,
        configs: Sequence[AccountConfig],
        *,
        store: Store,
        market_at: Callable[[int], int],
        name_of: Callable[[int], str],
    ) -> None:
        self.desk = desk
        self._configs = configs
        self._store = store
        self._market_at = market_at
        self._name_of = name_of

    def order(
        self, spec: ApiSpec, call: Call, owner: int, wire_ms: int, config: WireConfig
    ) -> bytes | Refused:
        """Give an order; return the body of the answer, or why it was refused."""
        now = self._open(owner, wire_ms)
        taken = self._store.run_inline(
            lambda: give(spec.command, call, owner, self.desk, now, config.environment)
        )
        if isinstance(taken, Refused):
            return taken
        return render_with_text(spec, call.oddities, taken.reply, taken.text)

    def statement(self, owner: int, wire_ms: int) -> Statement:
        """Return the account of an app key as it stands."""
        self._open(owner, wire_ms)
        return self.desk.statement(owner)

    def _open(self, owner: int, wire_ms: int) -> int:
        """Open an account that is new; return the market time."""
        now = self._market_at(wire_ms)
        if owner not in self.desk.accounts:
            known = owner <= len(self._configs)
            config = self._configs[owner - 1] if known else DEFAULT_ACCOUNT
            name = config.name or self._name_of(owner)
            bookings = self.desk.open_account(owner, name, config.cash, now)
            for held in config.positions:
                bookings.bring_in(now, held.symbol, held.quantity, held.quantity * held.average)
        return now
