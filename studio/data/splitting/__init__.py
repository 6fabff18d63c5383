"""Training, validation and test sets: splits, folds, windows, subsets, duplicates."""
