"""Plots of the page Data."""
