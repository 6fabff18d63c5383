"""Rows of a text file that are no rows of its table."""
