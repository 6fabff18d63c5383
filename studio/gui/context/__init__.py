"""What all pages share, and what the window remembers."""
