"""Mix instruments of other markets into the list of one."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from kiwoom_sim.faults.effects import Effect, Mingle
from kiwoom_sim.faults.occasion import Occasion
from kiwoom_sim.faults.scope import Scope

LIST, FIELD = "ka10099", "mrkt_tp"


class MixedMarket(Struct, frozen=True, kw_only=True, tag="mixed_market", tag_field="kind"):
    """Send instruments of other markets in the list of one (ka10099), as was seen of the service.

    The rows are true (their `marketCode` is that of their own market) and stand at drawn places.

    Attributes:
        markets: Where they come from: "0" KOSPI, "10" KOSDAQ, "8" ETF, "3" ELW, "60" ETN, ...;
            the one that is asked for is left out.
        rows: How many come from each.
    """

    doors: ClassVar[tuple[str, ...]] = ("rest",)
    acts_on: ClassVar[Scope] = Scope(only=(LIST,))

    markets: Annotated[tuple[Annotated[str, Meta(pattern="^[0-9]{1,2}$")], ...], Meta(min_length=1)]
    rows: Annotated[int, Meta(ge=1, le=1_000)] = 3

    def effects(self, occasion: Occasion) -> tuple[Effect, ...]:
        """Return the other lists to take from."""
        return (Mingle(field=FIELD, values=self.markets, rows=self.rows, occasion=occasion),)

    def mistake(self) -> str:
        """Return what is wrong with the fields together, or ""."""
        repeated = len(set(self.markets)) < len(self.markets)
        return "names a market twice" if repeated else ""
