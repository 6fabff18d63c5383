"""What the page Compare shows, as plain functions."""
