"""Networks: layers, pooling, head; built, loaded, stored."""
