"""Batches on the device, prefetched or stateful."""
