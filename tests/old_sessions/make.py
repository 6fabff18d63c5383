"""Makes a small session with the version at hand: run once for each version that is released.

From the root of the checkout: PYTHONPATH=tests python tests/old_sessions/make.py
"""

import tempfile
from pathlib import Path

from unit.sessions.make_sessions import (
    GRU_1,
    GRU_2,
    LSTM_1,
    LSTM_2,
    epoch_finished,
    failed,
    final_model,
    finished,
    new_comparison,
    started,
    stopped,
    timed,
)

from studio.sessions import CURRENT_VERSION, SessionFile


def make(path: Path, locks: Path) -> None:
    """Writes a session with a run in every state."""
    with SessionFile.create(path, locks) as session:
        first = session.begin(new_comparison("first"))
        for run in (GRU_1, LSTM_1, GRU_2):
            events = [timed(run, turn, 10 * turn, steps=10) for turn in range(3)]
            epochs = [epoch_finished(run, epoch, best=epoch == 2) for epoch in range(1, 4)]
            session.record(first, [started(run), *events, *epochs])
        session.record(first, [finished(GRU_1), finished(LSTM_1, "early"), stopped(GRU_2)])
        session.record(first, [started(LSTM_2), failed(LSTM_2)])
        session.add_note(first, GRU_1, "a note on a run", ["tag"])
        session.add_note(first, None, "a note on all")
        session.add_final_model(first, final_model())
        second = session.begin(new_comparison("second"))
        session.record(second, [started(GRU_1), epoch_finished(GRU_1, 1, best=True)])


def main() -> None:
    """Writes the file of the current version beside this script."""
    name = f"v{CURRENT_VERSION // 1000}.{CURRENT_VERSION % 1000}.gates"
    with tempfile.TemporaryDirectory() as locks:
        make(Path(__file__).with_name(name), Path(locks))


if __name__ == "__main__":
    main()
