"""What the page Models shows, as plain functions."""
