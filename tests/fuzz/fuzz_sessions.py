"""Feeds the session reader with files that atheris makes up, by bytes and by their structure.

python fuzz_sessions.py [LIBFUZZER-OPTION ...] CORPUS

Half of the changes are libFuzzer's own to the bytes of the file, the others change rows, JSON,
arrays and the schema through SQLite. Anything but a session or a user error is a crash: the bytes
are written into a file crash-...
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["studio.sessions", "studio.core"]):
    from session_mutations import mutated, read_all, recover_all


class Fuzzing:
    """One file, read and changed over and over in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.session = folder / "fuzz.gates"
        self.original, self.changed = folder / "original.gates", folder / "changed.gates"
        self.locks = folder / "locks"

    def read(self, data: bytes) -> None:
        """Opens, reads and recovers a session of these bytes."""
        for left in self.session.parent.glob("fuzz.gates*"):
            left.unlink()
        self.session.write_bytes(data)
        read_all(self.session, self.locks)
        recover_all(self.session, self.locks)

    def mutate(self, data: bytes, max_size: int, seed: int) -> bytes:
        """Other bytes, at most that many."""
        if seed % 2 == 0:
            return bytes(atheris.Mutate(data, max_size))
        self.original.write_bytes(data)
        try:
            changed = mutated(seed, self.original, self.changed).read_bytes()
        except Exception:  # noqa: BLE001 - too damaged by now to be changed through SQLite
            changed = b""
        return changed if 0 < len(changed) <= max_size else bytes(atheris.Mutate(data, max_size))


def main() -> None:
    """Runs until libFuzzer's limit of time or a crash."""
    with tempfile.TemporaryDirectory() as folder:
        fuzzing = Fuzzing(Path(folder))
        atheris.Setup(sys.argv, fuzzing.read, custom_mutator=fuzzing.mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
