"""What the page Train shows, as plain functions."""
