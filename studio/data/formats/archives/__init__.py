"""Formats of the archives of time series: UCR and UEA, Monash, Weka."""
