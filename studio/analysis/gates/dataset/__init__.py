"""Gates over a whole set of examples: distributions, figures, passages."""
