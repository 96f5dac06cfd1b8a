"""Open the doors: HTTP and WebSocket servers that only translate."""
