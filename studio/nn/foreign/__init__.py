"""GRU and LSTM layers read from the files of other programs."""
