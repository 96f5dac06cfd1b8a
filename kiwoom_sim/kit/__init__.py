"""Collect scenarios into kits that can be listed, checked, shared and installed."""
