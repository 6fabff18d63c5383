"""What is checked before and while a session file from elsewhere is read."""
