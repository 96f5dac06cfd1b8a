"""Start a client beside the simulator and let it reach nothing else."""
