"""Running a comparison: compute thread, turns, recorder."""
