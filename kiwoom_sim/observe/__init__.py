"""Record what came in and what happened: trace, journal, counters, log."""
