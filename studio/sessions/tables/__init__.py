"""Reading and writing the rows of a session file."""
