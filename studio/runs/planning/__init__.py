"""Planning of comparisons: plan, matching, tuning, further seeds and sizes."""
