"""Export as readable Keras source."""
