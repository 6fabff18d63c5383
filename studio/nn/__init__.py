"""Networks, engines, training and inference: the only package that imports torch."""
