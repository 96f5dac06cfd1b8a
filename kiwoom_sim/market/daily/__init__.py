"""Make the daily bars of every instrument from the seed."""
