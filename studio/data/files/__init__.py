"""File contents: bounded reading, encodings, arrays, folders, the cache."""
