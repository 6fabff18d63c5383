"""Claims about time, memory and size."""
