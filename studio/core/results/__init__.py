"""Results of runs: events, histories, metrics, sizes."""
