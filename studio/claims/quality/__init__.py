"""Claims about scores."""
