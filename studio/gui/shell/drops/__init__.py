"""What is dragged over the window and dropped on it: one file, a folder, or several files."""
