"""Claims are measured with the fused engine, as in the program."""

from unit.runs.conftest import kernels  # noqa: F401 - a fixture for all tests here
