"""Models that read one step at a time and carry their state."""
