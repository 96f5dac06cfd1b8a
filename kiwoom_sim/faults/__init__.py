"""Decide what goes wrong: rules, kinds and their effects."""
