"""Speak the `ralph` dialect: the contract of the older mock servers, over the same market."""
