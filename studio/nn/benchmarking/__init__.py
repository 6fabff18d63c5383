"""Times of training steps, ours and those of other libraries."""
