"""The judgement of claims by measurements, as pure functions."""
