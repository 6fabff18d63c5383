"""Data ready for training: preprocessing, examples, and which networks fit them."""
