"""Say who trades: investors and member firms."""
