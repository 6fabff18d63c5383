"""The log of the command line: a file in the user's log folder, made with its first entry."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_MOST_BYTES = 1_000_000


class _LazyFile(RotatingFileHandler):
    """A log file whose folder is made when something is written."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return  # a log that cannot be written is no reason to fail
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Ignores a log that cannot be written."""


def log_to_file(folder: Path) -> Path:
    """Sends what is logged to a file of the folder, and nothing to the terminal."""
    file = folder / "gate-studio.log"
    handler = _LazyFile(file, maxBytes=_MOST_BYTES, backupCount=2, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logging.getLogger().addHandler(handler)
    return file
