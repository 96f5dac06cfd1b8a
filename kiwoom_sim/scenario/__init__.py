"""Read a scenario and say everything that is wrong with it."""
