"""The settings of tasks, completed and checked against the dataset."""
