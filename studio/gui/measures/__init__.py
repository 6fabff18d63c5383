"""What the window costs and how soon it answers, measured on the real window."""
