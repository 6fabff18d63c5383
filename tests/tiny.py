"""Settings and files that keep a whole comparison small."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TINY = ("--epochs", 2, "--seeds", 1, "--hidden-size", 4, "--threads", 1, "--batch-size", 16)
ADDING = ("adding", "--data-option", "length=8", "--data-option", "examples=100")


@dataclass(frozen=True)
class Finished:
    """A folder with temperatures.csv and the session that compare made of it."""

    home: Path
    session: Path
    answer: dict[str, Any]
    progress: str


def write_temperatures(path: Path, rows: int = 160) -> Path:
    lines = (f"{math.sin(i / 5):.4f},{i % 7}" for i in range(rows))
    path.write_text("temperature,weekday\n" + "\n".join(lines) + "\n")
    return path
