"""Micro-kernels: vector instructions, register-blocked products and cell equations."""
