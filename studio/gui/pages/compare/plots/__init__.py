"""Plots of the page Compare."""
