"""Feeds a reader with bytes that atheris makes up from what its code branches on.

python fuzz_readers.py SUFFIX [LIBFUZZER-OPTION ...] CORPUS

Anything but a dataset or a user error is a crash: the bytes are written into a file crash-...
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["studio.data"]):
    from studio.core.errors import UserError
    from studio.core.specs.dataset_spec import FileDataset
    from studio.core.specs.task_spec import TaskSpec
    from studio.data import inspect, load, prepare


def main() -> None:
    """Runs until libFuzzer's limit of time or a crash."""
    suffix, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"fuzz{suffix}")

        def read(data: bytes) -> None:
            path.write_bytes(data)
            try:
                dataset = load(FileDataset(path=str(path)))
                inspect(dataset)
                prepare(dataset, TaskSpec())
            except UserError:
                pass

        atheris.Setup([sys.argv[0], *options], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
