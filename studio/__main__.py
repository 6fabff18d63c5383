"""The program's entrance: sets what must be set before anything heavy is imported."""

import os
import sys


def main() -> None:
    """Runs the command line."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        _start()
    except KeyboardInterrupt:  # before the command line could take care of it
        sys.exit(130)


def _start() -> None:
    from studio.core import allocator  # noqa: PLC0415 - after the variables above

    allocator.keep_freed_memory()
    from studio.cli.app import run  # noqa: PLC0415 - likewise

    run()


if __name__ == "__main__":
    main()
