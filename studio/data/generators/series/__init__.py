"""Generators of one long series of numbers."""
