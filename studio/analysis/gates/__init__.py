"""Saturation, half-life and gradient norms of gates."""
