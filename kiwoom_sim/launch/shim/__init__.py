"""Hold what Python and Node run before a client, found by its name and not imported from here."""
