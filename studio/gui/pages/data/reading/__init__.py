"""The cards on how the data is read."""
