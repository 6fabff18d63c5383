"""Predictions of a trained model: conformal intervals and sets, calibration, drift of inputs."""
