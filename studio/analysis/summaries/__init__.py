"""Summaries of comparisons: summary, results table, suites, learning curve."""
