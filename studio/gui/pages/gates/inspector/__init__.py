"""The cell inspector: the numbers of one step, and what changes when one of them is another."""
