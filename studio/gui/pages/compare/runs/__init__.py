"""The runs of a comparison, on the page Compare."""
