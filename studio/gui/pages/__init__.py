"""The pages of the window, in working order."""
