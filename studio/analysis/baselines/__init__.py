"""Rules without learning, scored on the same test examples."""
