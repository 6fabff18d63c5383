"""Claims about gates, states and gradients."""
