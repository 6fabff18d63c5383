"""Time and memory of training."""
