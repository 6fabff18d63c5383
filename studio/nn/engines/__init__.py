"""Implementations of recurrent layers: torch.nn, coupled gates, fused kernels."""
