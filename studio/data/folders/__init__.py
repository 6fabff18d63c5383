"""Folders and several files as one dataset: which files, what labels them, how they join."""
