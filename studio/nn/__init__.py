"""Networks, engines, training and tracing: the only package that imports torch."""
