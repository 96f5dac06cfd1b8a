"""Answer what an account has: its number, its money (예수금), its positions (잔고), both valued.

Known deviations: no money is lent and nothing serves as collateral yet; the days after tomorrow
are the settlement days of trades made by now.

Source:
    Pages ka00001, ka10085, kt00001, kt00004, kt00005 and kt00018 of the Kiwoom REST API guide.
"""

from msgspec import Struct

from kiwoom_sim.accounts.account import Position
from kiwoom_sim.accounts.fees import commission_won, tax_won
from kiwoom_sim.core.clock import day_of
from kiwoom_sim.engine.statement import Statement
from kiwoom_sim.engine.views import Views
from kiwoom_sim.exchange.order_types import Side
from kiwoom_sim.market.records import Venue
from kiwoom_sim.protocol.calls import Call, Parts, Query, Result
from kiwoom_sim.protocol.refusals import Refused
from kiwoom_sim.protocol.spec import ApiSpec

_LETTERS = {"ELW": "J", "ETN": "Q"}


class NumberSheet(Struct, frozen=True, kw_only=True):
    """Hold the number of an account, and the name of its holder."""

    account: str
    holder: str


class MoneySheet(Struct, frozen=True, kw_only=True):
    """Hold the money of an account in won.

    Attributes:
        settled: Settled money (예수금).
        reserved: What open buy orders hold (증거금).
        orderable: What may be spent.
        withdrawable: What may be taken out: the least of today and the days that settle.
        tomorrow, after: Money after the next and the second next settlement day.
        tomorrow_net, after_net: What settles then, purchases against sales.
        tomorrow_bought, after_bought: What has to be paid then.
        tomorrow_sold, after_sold: What comes in then.
    """

    settled: int
    reserved: int
    orderable: int
    withdrawable: int
    tomorrow: int
    tomorrow_net: int
    tomorrow_bought: int
    tomorrow_sold: int
    after: int
    after_net: int
    after_bought: int
    after_sold: int


class HoldingsSheet(Struct, frozen=True, kw_only=True):
    """Hold the sums over all positions in won; `rate` in hundredths of a percent."""

    cost: int
    value: int
    profit: int
    rate: int
    assets: int


class HoldingRow(Struct, frozen=True, kw_only=True):
    """Hold one position with its worth now.

    Attributes:
        code: Stock code with the letter of its kind.
        profit: Worth after costs, minus what it cost with commission.
        rate: Profit against the cost in hundredths of a percent.
        bought_commission, sold_commission, tax: Costs of the purchase, and of a sale now.
        share: Part of all positions' worth in hundredths of a percent.
        settled: Shares that are settled.
        commission_today, tax_today: Costs of today's fills.
    """

    symbol: str
    code: str
    name: str
    profit: int
    rate: int
    average: int
    previous_close: int
    quantity: int
    free: int
    last: int
    base: int
    bought_today: int
    sold_today: int
    cost: int
    bought_commission: int
    value: int
    sold_commission: int
    tax: int
    commissions: int
    share: int
    settled: int
    commission_today: int
    tax_today: int


def account_number(_spec: ApiSpec, _call: Call, views: Views) -> Result | Refused:
    """Answer ka00001: the number of the caller's account."""
    return Result(record=_number_sheet(_statement(views)))


def money_sheet(_spec: ApiSpec, _call: Call, views: Views) -> Result | Refused:
    """Answer kt00001: the money of the caller's account."""
    return Result(record=_money(views))


def holdings(_spec: ApiSpec, _call: Call, views: Views) -> Result | Refused:
    """Answer kt00018 and ka10085: every position of the caller's account with its worth now."""
    sheet, rows = _holdings(views)
    return Result(record=sheet, columns=rows, count=len(rows))


def valuation(_spec: ApiSpec, _call: Call, views: Views) -> Result | Refused:
    """Answer kt00004 and kt00005: money and positions of the caller's account together."""
    sheet, rows = _holdings(views)
    record = Parts(sheet, _money(views), _number_sheet(_statement(views)))
    return Result(record=record, columns=rows, count=len(rows))


def _number_sheet(statement: Statement) -> NumberSheet:
    return NumberSheet(account=statement.number, holder=statement.name)


def _money(views: Views) -> MoneySheet:
    """Return the money of the caller's account, and what settles on the next two sessions."""
    statement, calendar = _statement(views), views.market.calendar
    tomorrow = calendar.next(day_of(views.now_ms))
    after = calendar.next(tomorrow)
    due = dict(statement.due)
    first = sum(amount for day, amount in due.items() if day <= tomorrow)
    second = sum(amount for day, amount in due.items() if tomorrow < day <= after)
    after_won = statement.settled_won + first + second
    return MoneySheet(
        settled=statement.settled_won,
        reserved=statement.reserved_won,
        orderable=statement.orderable_won,
        withdrawable=max(min(statement.settled_won, after_won) - statement.reserved_won, 0),
        tomorrow=statement.settled_won + first,
        tomorrow_net=first,
        tomorrow_bought=min(first, 0),
        tomorrow_sold=max(first, 0),
        after=after_won,
        after_net=second,
        after_bought=min(second, 0),
        after_sold=max(second, 0),
    )


def _holdings(views: Views) -> tuple[HoldingsSheet, list[HoldingRow]]:
    """Return the sums over all positions of the caller's account, and the positions."""
    statement = _statement(views)
    values = [
        position.quantity * views.market.quote(position.symbol, views.now_ms).last
        for position in statement.positions
    ]
    rows = [_holding(position, statement, views, sum(values)) for position in statement.positions]
    cost, value = sum(row.cost for row in rows), sum(values)
    profit = sum(row.profit for row in rows)
    money = statement.settled_won + sum(amount for _, amount in statement.due)
    sheet = HoldingsSheet(
        cost=cost, value=value, profit=profit, rate=_rate(profit, cost), assets=money + value
    )
    return sheet, rows


def _holding(position: Position, statement: Statement, views: Views, whole_won: int) -> HoldingRow:
    """Return a position with its worth now."""
    quote = views.market.quote(position.symbol, views.now_ms)
    instrument = views.market.universe.by_code[position.symbol]
    value = position.quantity * quote.last
    bought = commission_won(position.cost_won, Venue.KRX, statement.environment)
    sold = commission_won(value, Venue.KRX, statement.environment)
    tax = tax_won(value, instrument.product, day_of(views.now_ms))
    profit = value - sold - tax - position.cost_won - bought
    own = [line for line in statement.lines if line.symbol == position.symbol]
    today = [line for line in own if day_of(line.entered_ms) == day_of(views.now_ms)]
    calendar = views.market.calendar
    settled_day = calendar.previous(calendar.latest(day_of(views.now_ms)))
    late = [line for line in own if day_of(line.entered_ms) >= settled_day]
    unsettled = sum(line.filled * line.side.sign for line in late)
    return HoldingRow(
        symbol=position.symbol,
        code=_LETTERS.get(instrument.market, "A") + position.symbol,
        name=instrument.name_ko,
        profit=profit,
        rate=_rate(profit, position.cost_won),
        average=position.average_won,
        previous_close=quote.base,
        quantity=position.quantity,
        free=position.free,
        last=quote.last,
        base=quote.base,
        bought_today=sum(line.filled for line in today if line.side is Side.BUY),
        sold_today=sum(line.filled for line in today if line.side is Side.SELL),
        cost=position.cost_won,
        bought_commission=bought,
        value=value,
        sold_commission=sold,
        tax=tax,
        commissions=bought + sold,
        share=value * 10_000 // whole_won if whole_won else 0,
        settled=max(position.quantity - unsettled, 0),
        commission_today=sum(line.commission_won for line in today),
        tax_today=sum(line.tax_won for line in today),
    )


def _rate(profit: int, cost: int) -> int:
    """Return a profit in hundredths of a percent of a cost, towards zero."""
    return int(profit * 10_000 / cost) if cost else 0


def _statement(views: Views) -> Statement:
    assert views.statement is not None, "the gateway gives every question of an account its state"
    return views.statement


QUERIES = {
    "account_number": Query(account_number, record=(NumberSheet,)),
    "money_sheet": Query(money_sheet, record=(MoneySheet,)),
    "holdings": Query(holdings, record=(HoldingsSheet,), columns=(HoldingRow,)),
    "valuation": Query(
        valuation, record=(HoldingsSheet, MoneySheet, NumberSheet), columns=(HoldingRow,)
    ),
}
"""Queries of this module by the name that a catalogue file uses."""
