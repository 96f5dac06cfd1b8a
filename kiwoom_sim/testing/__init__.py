"""Host the guests: pytest fixtures and builders for users' tests."""
