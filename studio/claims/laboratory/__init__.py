"""Shared by the experiments of claims: comparisons, latencies, streams."""
