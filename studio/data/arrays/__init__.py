"""What the axes and labels of arrays mean."""
