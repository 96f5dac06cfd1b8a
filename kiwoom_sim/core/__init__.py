"""Hold what every room stands on: simulated time and named random numbers."""
