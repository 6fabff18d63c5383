"""Running comparisons as sets of paired runs: plan, turns, compute thread, recorder, resuming.

Nothing here imports torch before the compute thread does: studio.nn is imported by the jobs that
run there.
"""
