"""The process of the window: start, garbage, errors, kernels."""
