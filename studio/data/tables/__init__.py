"""Tables of text: how one is written, what its columns hold, and whether it is a series."""
