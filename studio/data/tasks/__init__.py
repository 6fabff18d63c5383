"""From a dataset and a task to prepared arrays."""
