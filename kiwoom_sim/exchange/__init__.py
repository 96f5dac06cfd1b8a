"""Meet the clients' orders with the market: order types, checks, matching, the open orders."""
