"""How busy sixteen workers are kept: runs that sleep for a second in place of computing.

python benchmarks/many_workers.py [RUNS [WORKERS]]

The runs are handed out as those of a comparison are. The ideal is the number of rounds times the
seconds of a run; busy is the share of the workers' time that runs took.
"""

import sys
import time

from studio.runs.workers.cluster import Workers

SECONDS = 1.0


def sleeping_run(seconds: float) -> float:
    """Takes the time of a run and returns it."""
    begun = time.monotonic()
    time.sleep(seconds)
    return time.monotonic() - begun


def main() -> None:
    """Prints the time that all runs took, the ideal, and how busy the workers were."""
    runs, count = (int(value) for value in (*sys.argv[1:], *("1000", "16")[len(sys.argv) - 1 :]))
    with Workers.here(count, 1) as workers:
        warm = [workers.submit(sleeping_run, 0.1, key=f"warm-{n}") for n in range(4 * count)]
        for future in warm:
            future.result()
        begun = time.monotonic()
        futures = [workers.submit(sleeping_run, SECONDS, key=f"run-{n}") for n in range(runs)]
        slept = sum(future.result() for future in futures)
        took = time.monotonic() - begun
    ideal = -(-runs // count) * SECONDS
    print(
        f"{runs:,} runs of {SECONDS:g} s on {count} workers: {took:.1f} s, ideal {ideal:.1f} s "
        f"({took / ideal - 1:+.1%}), busy {slept / (count * took):.1%}"
    )


if __name__ == "__main__":
    main()
