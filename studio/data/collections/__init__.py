"""Several arrays, files or recordings as one dataset."""
