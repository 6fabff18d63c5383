"""What the page Gates shows, as plain functions."""
