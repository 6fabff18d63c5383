"""The command line: everything that the window does, through the same code."""
