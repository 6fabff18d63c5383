"""Damaged sessions and backups, as the window offers them."""
