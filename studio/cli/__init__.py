"""The command line: everything that the window does, with the same code."""
