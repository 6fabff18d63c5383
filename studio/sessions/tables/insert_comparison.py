"""Inserts a new comparison into the tables."""

import sqlite3
from typing import cast

from studio.core.results.history import FoldRecord
from studio.core.results.record import DatasetRecord, NewComparison
from studio.sessions.tables.serialization import pack_array, pack_json, pack_number, pack_scores
from studio.sessions.tables.write_events import now


def write_comparison(db: sqlite3.Connection, new: NewComparison) -> int:
    """Writes a comparison with a waiting run for every contender, fold and seed.

    Returns:
        Its row id.
    """
    comparison = _insert(
        db,
        "INSERT INTO comparison (dataset, name, created, spec, environment) VALUES (?, ?, ?, ?, ?)",
        _dataset_row(db, new.dataset),
        new.spec.name or new.dataset.name,
        now(),
        new.spec.model_dump_json(),
        pack_json(dict(new.environment)),
    )
    _write_contenders(db, comparison, new)
    _write_examples(db, comparison, new)
    for record in new.folds:
        _write_fold(db, comparison, record)
        _write_baselines(db, comparison, record)
    return comparison


def _write_fold(db: sqlite3.Connection, comparison: int, record: FoldRecord) -> None:
    db.execute(
        "INSERT INTO division VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            comparison,
            *record.fold_id,
            record.preprocessing.model_dump_json(),
            pack_json(dict(record.part_sizes)),
            pack_array(record.test_truth),
            pack_array(record.test_positions),
        ),
    )


def _insert(db: sqlite3.Connection, statement: str, *values: object) -> int:
    return cast("int", db.execute(statement, values).lastrowid)


def _dataset_row(db: sqlite3.Connection, dataset: DatasetRecord) -> int:
    """The row of a dataset; an existing one with the same content is reused."""
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
                (row, seed, *fold_id)
                for fold_id in new.spec.task.fold_ids
                for seed in new.spec.training.seed_list
            ],
        )


def _write_examples(db: sqlite3.Connection, comparison: int, new: NewComparison) -> None:
    db.executemany(
        "INSERT INTO kept_example VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                comparison,
                place,
                example.part,
                example.index,
                pack_array(example.inputs),
                pack_array(example.targets_in_units),
                example.position,
            )
            for place, example in enumerate(new.examples)
        ],
    )


def _write_baselines(db: sqlite3.Connection, comparison: int, record: FoldRecord) -> None:
    db.executemany(
        "INSERT INTO baseline VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                comparison,
                *record.fold_id,
                place,
                baseline.name,
                baseline.parameters,
                baseline.seconds,
                pack_array(baseline.predictions),
                pack_scores(baseline.scores),
                pack_scores(baseline.validation_scores),
                pack_number(baseline.validation_loss),
            )
            for place, baseline in enumerate(record.baselines)
        ],
    )
