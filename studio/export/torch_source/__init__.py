"""Export as readable PyTorch source."""
