"""Answer API calls from the market: one module per subject, one function per query."""
