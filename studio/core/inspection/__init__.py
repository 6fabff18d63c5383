"""One example through one network, step by step, and what was changed in it."""
