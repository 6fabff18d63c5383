"""Plots with labelled axes, a read-out, a legend, and their data for other programs."""
