"""Checks a session file in full, and saves what can be read of a damaged one."""
