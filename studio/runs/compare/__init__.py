"""What `gate-studio compare` and `studio.compare` carry out: options, request, run."""
