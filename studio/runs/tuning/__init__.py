"""Searches for settings, with the same number of trials for every contender."""
