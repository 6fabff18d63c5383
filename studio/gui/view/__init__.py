"""What pages show, derived from histories and events by plain functions."""
