"""Transforms of raw values: audio, symbols, missing values, calendars, resampling."""
