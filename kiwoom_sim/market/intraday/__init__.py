"""Split daily bars into minutes, seconds and trades."""
