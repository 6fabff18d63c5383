"""What can be trained next, on the page Compare."""
