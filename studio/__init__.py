"""Gate Studio: compares GRU and LSTM networks under equal conditions."""

__version__ = "0.1.0"
