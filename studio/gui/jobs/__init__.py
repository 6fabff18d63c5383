"""Work in other threads, and its way back into the interface thread."""
