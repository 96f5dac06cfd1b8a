"""Speak the broker's language: catalogue, gateway, queries, tokens and WebSocket sessions."""
