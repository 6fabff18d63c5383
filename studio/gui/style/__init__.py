"""Colours, palettes and the theme in force."""
