"""What the window costs and how soon it responds, measured on the real window."""
