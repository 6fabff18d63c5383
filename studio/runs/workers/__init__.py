"""Runs of a comparison on worker processes, here or on other machines, through Dask."""
