"""Name what is traded: instruments, indices, brokers, company accounts."""
