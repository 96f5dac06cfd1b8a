"""Compute indices from their members."""
