"""Claims about GRU and LSTM networks as experiments on built-in data."""
