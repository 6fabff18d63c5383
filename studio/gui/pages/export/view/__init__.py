"""What the page Export shows, as plain functions."""
