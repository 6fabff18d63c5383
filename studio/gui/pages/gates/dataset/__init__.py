"""Beside one example: what drives its prediction, and gates over all test examples."""
