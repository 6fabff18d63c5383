"""Models trained on all data."""

import sqlite3
from dataclasses import asdict

from studio.core.errors import SessionError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.final_model import FinalModel
from studio.sessions.tables.damage import DamagedValueError, reading
from studio.sessions.tables.reading import read_execution
from studio.sessions.tables.serialization import pack_json, pack_number
from studio.sessions.tables.write_events import now


def write_final_model(db: sqlite3.Connection, comparison: int, model: FinalModel) -> None:
    """Stores a model; one of the same contender and seed is replaced."""
    row = db.execute(
        "SELECT id FROM contender WHERE comparison = ? AND name = ?", (comparison, model.contender)
    ).fetchone()
    if row is None:
        raise SessionError(f"there is no contender {model.contender!r}")
    db.execute("DELETE FROM final_model WHERE contender = ? AND seed = ?", (row[0], model.seed))
    db.execute(
        "INSERT INTO final_model (contender, seed, created, epochs, examples, train_loss,"
        " preparation, served, weights) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row[0],
            model.seed,
            now(),
            model.epochs,
            model.examples,
            pack_number(model.train_loss),
            model.preprocessing.model_dump_json(),
            pack_json(asdict(model.execution)),
            model.weights,
        ),
    )


def read_final_models(db: sqlite3.Connection, comparison: int) -> tuple[FinalModel, ...]:
    """The models of a comparison, oldest first."""
    rows = db.execute(
        "SELECT name, seed, created, epochs, examples, train_loss, preparation, served, weights"
        " FROM final_model JOIN contender ON contender.id = final_model.contender"
        " WHERE comparison = ? ORDER BY final_model.id",
        (comparison,),
    )
    models = []
    for name, seed, created, epochs, examples, loss, preparation, served, weights in rows:
        with reading(f"{name} trained on all data, seed {seed}"):
            execution = read_execution(served)
            if execution is None or min(seed, epochs - 1, examples - 1) < 0:
                raise DamagedValueError("a number is out of range")
            models.append(
                FinalModel(
                    contender=name,
                    seed=seed,
                    epochs=epochs,
                    examples=examples,
                    train_loss=float(loss),
                    preprocessing=Preprocessing.model_validate_json(preparation),
                    execution=execution,
                    weights=weights,
                    created=created,
                )
            )
    return tuple(models)
