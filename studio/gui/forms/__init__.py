"""Forms generated from the fields of specs."""
