"""Migrations of older session files."""
