"""The session in the window: draft, plan, training, unfinished sessions."""
