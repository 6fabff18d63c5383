"""Kernels built from the micro-kernels: forward and backward passes, and packing of weights."""
