"""Gate Studio: compares GRU and LSTM networks under equal conditions."""

from studio.core.version import __version__

__all__ = ["__version__"]
