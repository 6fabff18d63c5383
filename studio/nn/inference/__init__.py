"""Trained networks: predictions, scores, traces, sampling, gradients."""
