"""Answer API calls from the market: one module per subject, one function per query.

The catalogue names a query of `QUERIES`; the token calls are answered by the gateway itself.
"""

from kiwoom_sim.protocol.calls import Query
from kiwoom_sim.protocol.queries import (
    account_sheets,
    broker_board,
    candles,
    day_history,
    index_candles,
    indices,
    investor_days,
    listings,
    order_lists,
    screens,
    stock_sheet,
    trade_list,
)

GATEWAY_QUERIES = frozenset({"issue_token", "revoke_token"})
"""Queries that the gateway answers, because they change what it remembers."""

QUERIES: dict[str, Query] = {
    **stock_sheet.QUERIES,
    **screens.QUERIES,
    **trade_list.QUERIES,
    **broker_board.QUERIES,
    **day_history.QUERIES,
    **investor_days.QUERIES,
    **candles.QUERIES,
    **listings.QUERIES,
    **indices.QUERIES,
    **index_candles.QUERIES,
    **order_lists.QUERIES,
    **account_sheets.QUERIES,
}
"""Every query that a catalogue file may name."""
