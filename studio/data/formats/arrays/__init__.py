"""Formats of arrays: NumPy, MATLAB, HDF5."""
