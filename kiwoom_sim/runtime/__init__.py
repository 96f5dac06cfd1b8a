"""Run a whole simulation: the heart that beats between the engine and the doors."""
