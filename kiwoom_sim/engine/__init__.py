"""Bring market, clock and commands together: the world and the questions one may ask it."""
