"""Make the prices: instruments, sessions, the seeded path and its overlay."""
