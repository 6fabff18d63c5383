"""The fused engine: kernels for recurrent layers on the CPU; see docs/engine.md."""
