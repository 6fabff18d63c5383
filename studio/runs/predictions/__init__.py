"""Predictions of a session's models on new data and beyond the end, scored and with intervals."""
