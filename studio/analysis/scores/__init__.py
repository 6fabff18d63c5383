"""Test scores: differences, intervals, verdicts, seeds that are needed."""
