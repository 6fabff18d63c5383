"""Where predictions go wrong: the worst examples, scores of groups, reliability."""
