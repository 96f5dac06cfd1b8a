"""Rebuild the market from bytes alone and name every contradiction between two of them.

Knows the wire format and nothing of the simulator: it could read the broker as well.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

LEVELS = range(10)


def number(text: str) -> int:
    """Return the magnitude of a price or quantity; the sign is a direction."""
    return abs(int(text or "0"))


class Bar(Struct):
    """A minute as its trades make it."""

    open: int
    high: int
    low: int
    close: int
    volume: int


class Symbol(Struct):
    """What the frames have said of one symbol so far."""

    price: int = 0
    volume: int = 0
    high: int = 0
    low: int = 0
    open: int = 0
    ask: int = 0
    bid: int = 0
    base: int = 0
    minutes: dict[str, Bar] = field(default_factory=dict)
    prints: list[tuple[str, int, int]] = field(default_factory=list)


class Observer:
    """Take captured bytes in order of time and collect contradictions.

    Attributes:
        contradictions: One sentence each; empty is the claim.
        compared: How many comparisons of each kind were made, so that silence is no proof.
    """

    def __init__(self) -> None:
        self.symbols: dict[str, Symbol] = defaultdict(Symbol)
        self.contradictions: list[str] = []
        self.compared: dict[str, int] = defaultdict(int)

    def check(self, what: str, code: str, pairs: Iterable[tuple[Any, Any]]) -> None:
        """Compare values that have to be equal."""
        self.compared[what] += 1
        for said, known in pairs:
            if said != known:
                self.contradictions.append(f"{what} of {code}: {said} against {known}")

    def frame(self, text: bytes) -> None:
        """Take a frame of the WebSocket."""
        message = json.loads(text)
        if message.get("trnm") != "REAL":
            return
        for row in message["data"]:
            match row["type"]:
                case "0B":
                    self._trade(row["item"], row["values"])
                case "0C":
                    self._best(row["item"], row["values"])
                case "0D":
                    self._depth(row["item"], row["values"])

    def _trade(self, code: str, values: dict[str, str]) -> None:
        seen = self.symbols[code]
        price, quantity = number(values["10"]), number(values["15"])
        total = int(values["13"])
        if seen.volume:
            self.check("running volume", code, [(total, seen.volume + quantity)])
            self.check("running open", code, [(number(values["16"]), seen.open)])
            self.check("running high", code, [(number(values["17"]), max(seen.high, price))])
            self.check("running low", code, [(number(values["18"]), min(seen.low, price))])
            self.check("base price", code, [(price - int(values["11"]), seen.base)])
        seen.price, seen.volume, seen.base = price, total, price - int(values["11"])
        seen.open, seen.high, seen.low = (number(values[fid]) for fid in ("16", "17", "18"))
        seen.ask, seen.bid = number(values["27"]), number(values["28"])
        self.check("spread after a trade", code, [(seen.bid < seen.ask or not seen.ask, True)])
        self.check("price at a quote", code, [(price in {seen.ask, seen.bid}, True)])
        minute = values["20"][:4]
        seen.prints.append((values["20"], price, quantity))
        bar = seen.minutes.setdefault(minute, Bar(price, price, price, price, 0))
        bar.high, bar.low, bar.close = max(bar.high, price), min(bar.low, price), price
        bar.volume += quantity

    def _best(self, code: str, values: dict[str, str]) -> None:
        """Take quotes that moved without a trade; book and answers have to follow."""
        seen = self.symbols[code]
        seen.ask, seen.bid = number(values["27"]), number(values["28"])
        self.check("moved quotes", code, [(seen.bid < seen.ask or not seen.ask, True)])

    def _depth(self, code: str, values: dict[str, str]) -> None:
        seen = self.symbols[code]
        asks = [number(values[str(41 + level)]) for level in LEVELS]
        bids = [number(values[str(51 + level)]) for level in LEVELS]
        self._ladder(code, asks, bids)
        ask_total = sum(number(values[str(61 + level)]) for level in LEVELS)
        bid_total = sum(number(values[str(71 + level)]) for level in LEVELS)
        totals = [(number(values["121"]), ask_total), (number(values["125"]), bid_total)]
        self.check("depth totals", code, totals)
        if seen.ask:
            self.check("best of the depth", code, [(asks[0], seen.ask), (bids[0], seen.bid)])

    def _ladder(self, code: str, asks: list[int], bids: list[int]) -> None:
        rising = [price for price in asks if price]
        falling = [price for price in bids if price]
        self.check("ask ladder", code, [(rising, sorted(set(rising)))])
        self.check("bid ladder", code, [(falling, sorted(set(falling), reverse=True))])
        if rising and falling:
            self.check("uncrossed book", code, [(falling[0] < rising[0], True)])

    def reply(self, api_id: str, code: str, text: bytes) -> None:
        """Take an answer of the REST door about one symbol."""
        body = json.loads(text)
        self.check(f"{api_id} return code", code, [(body["return_code"], 0)])
        seen = self.symbols[code]
        if not seen.volume:
            return
        match api_id:
            case "ka10001":
                self._quote(code, body)
            case "ka10003":
                self._last_trades(code, body["cntr_infr"])
            case "ka10004":
                self._book(code, body)
            case "ka10080":
                self._minutes(code, body["stk_min_pole_chart_qry"])
            case "ka10081":
                self._today(code, body["stk_dt_pole_chart_qry"][0])

    def _quote(self, code: str, body: dict[str, Any]) -> None:
        seen = self.symbols[code]
        self.check("quote", code, [
            (number(body["cur_prc"]), seen.price),
            (int(body["trde_qty"]), seen.volume),
            (number(body["open_pric"]), seen.open),
            (number(body["high_pric"]), seen.high),
            (number(body["low_pric"]), seen.low),
            (number(body["base_pric"]), seen.base),
        ])  # fmt: skip

    def _last_trades(self, code: str, rows: list[dict[str, str]]) -> None:
        known = self.symbols[code].prints[::-1]
        for row, (time, price, quantity) in zip(rows, known, strict=False):
            pairs = [(number(row["cur_prc"]), price), (number(row["cntr_trde_qty"]), quantity)]
            self.check("last trades", code, [(row["tm"], time), *pairs])

    def _book(self, code: str, body: dict[str, Any]) -> None:
        seen = self.symbols[code]
        best = [
            (number(body["sel_fpr_bid"]), seen.ask),
            (number(body["buy_fpr_bid"]), seen.bid),
        ]
        self.check("order book", code, best)

    def _minutes(self, code: str, rows: list[dict[str, str]]) -> None:
        known = self.symbols[code].minutes
        today = rows[0]["cntr_tm"][:8]
        said = {row["cntr_tm"][8:12]: row for row in rows if row["cntr_tm"].startswith(today)}
        for minute in sorted(known)[1:]:
            row, bar = said.get(minute), known[minute]
            self.check("traded minute has a bar", code, [(row is not None, True)])
            if row is None:
                continue
            self.check("minute bar", code, [
                (number(row["open_pric"]), bar.open),
                (number(row["high_pric"]), bar.high),
                (number(row["low_pric"]), bar.low),
                (number(row["cur_prc"]), bar.close),
                (number(row["trde_qty"]), bar.volume),
            ])  # fmt: skip

    def _today(self, code: str, row: dict[str, str]) -> None:
        seen = self.symbols[code]
        self.check("day bar", code, [
            (number(row["cur_prc"]), seen.price),
            (int(row["trde_qty"]), seen.volume),
            (number(row["open_pric"]), seen.open),
            (number(row["high_pric"]), seen.high),
            (number(row["low_pric"]), seen.low),
        ])  # fmt: skip
