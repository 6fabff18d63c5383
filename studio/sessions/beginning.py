"""A comparison before its first run, written into the tables."""

import sqlite3
from typing import cast

from studio.core.history import DivisionRecord
from studio.core.record import DatasetRecord, NewComparison
from studio.sessions.packing import pack_array, pack_json, pack_number, pack_scores
from studio.sessions.writing import now


def write_comparison(db: sqlite3.Connection, new: NewComparison) -> int:
    """Writes a comparison with a waiting run for every contender, division and seed.

    Returns:
        Its row.
    """
    comparison = _insert(
        db,
        "INSERT INTO comparison (dataset, name, created, spec, environment) VALUES (?, ?, ?, ?, ?)",
        _dataset(db, new.dataset),
        new.spec.name or new.dataset.name,
        now(),
        new.spec.model_dump_json(),
        pack_json(dict(new.environment)),
    )
    _write_contenders(db, comparison, new)
    _write_examples(db, comparison, new)
    for division in new.divisions:
        _write_division(db, comparison, division)
        _write_baselines(db, comparison, division)
    return comparison


def _write_division(db: sqlite3.Connection, comparison: int, record: DivisionRecord) -> None:
    db.execute(
        "INSERT INTO division VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            comparison,
            *record.division,
            record.preparation.model_dump_json(),
            pack_json(dict(record.part_sizes)),
            pack_array(record.test_truth),
            pack_array(record.test_positions),
        ),
    )


def _insert(db: sqlite3.Connection, statement: str, *values: object) -> int:
    return cast("int", db.execute(statement, values).lastrowid)


def _dataset(db: sqlite3.Connection, dataset: DatasetRecord) -> int:
    """The row of a dataset; one that is already there with the same content is used again."""
    spec, schema = dataset.spec.model_dump_json(), pack_json(dict(dataset.schema))
    hashes = sorted((file.name, file.sha256) for file in dataset.files)
    same = "SELECT id FROM dataset WHERE name = ? AND spec = ? AND schema = ?"
    for (row,) in db.execute(same, (dataset.name, spec, schema)).fetchall():
        files = db.execute("SELECT name, sha256 FROM dataset_file WHERE dataset = ?", (row,))
        if sorted(files) == hashes:
            return cast("int", row)
    row = _insert(
        db,
        "INSERT INTO dataset (name, spec, schema) VALUES (?, ?, ?)",
        dataset.name,
        spec,
        schema,
    )
    db.executemany(
        "INSERT INTO dataset_file VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (row, file.name, file.path, file.size, file.mtime_ns, file.sha256, file.content)
            for file in dataset.files
        ],
    )
    return row


def _write_contenders(db: sqlite3.Connection, comparison: int, new: NewComparison) -> None:
    for contender in new.spec.contenders:
        size = new.sizes[contender.name]
        row = _insert(
            db,
            "INSERT INTO contender (comparison, name, parameters, macs) VALUES (?, ?, ?, ?)",
            comparison,
            contender.name,
            size.parameters,
            size.macs,
        )
        db.executemany(
            "INSERT INTO run (contender, seed, repeat, fold) VALUES (?, ?, ?, ?)",
            [
                (row, seed, *division)
                for division in new.spec.task.divisions
                for seed in new.spec.training.seed_list
            ],
        )


def _write_examples(db: sqlite3.Connection, comparison: int, new: NewComparison) -> None:
    db.executemany(
        "INSERT INTO kept_example VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                comparison,
                place,
                example.part,
                example.index,
                pack_array(example.inputs),
                pack_array(example.truth),
            )
            for place, example in enumerate(new.examples)
        ],
    )


def _write_baselines(db: sqlite3.Connection, comparison: int, record: DivisionRecord) -> None:
    db.executemany(
        "INSERT INTO baseline VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                comparison,
                *record.division,
                place,
                baseline.name,
                baseline.parameters,
                baseline.seconds,
                pack_array(baseline.answers),
                pack_scores(baseline.scores),
                pack_scores(baseline.validation_scores),
                pack_number(baseline.validation_loss),
            )
            for place, baseline in enumerate(record.baselines)
        ],
    )
