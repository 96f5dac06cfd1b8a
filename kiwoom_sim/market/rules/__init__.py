"""Hold the dated rules of the exchange: calendar, sessions, price steps and limits."""
