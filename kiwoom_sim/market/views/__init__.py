"""Show the path as quotes, books, candles and snapshots."""
