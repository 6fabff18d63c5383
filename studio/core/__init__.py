"""Specs, events, histories and the words that every other package shares."""
