"""What the page Data shows, as plain functions."""
