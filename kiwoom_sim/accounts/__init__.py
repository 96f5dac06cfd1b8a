"""Keep the clients' money and shares: ledger, costs, accounts."""
