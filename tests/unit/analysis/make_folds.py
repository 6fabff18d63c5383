"""Synthetic comparisons over folds whose errors are known."""

from dataclasses import replace

import numpy as np
from unit.analysis.make_histories import numbers, scores, with_errors

from studio.core.results.events import RunId, RunResult
from studio.core.results.history import ComparisonHistory, FoldRecord, RunHistory
from studio.core.specs.fold_ids import fold_ids


def folded(
    errors: dict[str, np.ndarray], folds: int, repeats: int = 1, window: int | None = None
) -> ComparisonHistory:
    """A comparison with known errors, (seeds, folds, examples) by cell."""
    preprocessing = numbers(window)
    plain = with_errors(
        {cell: each[:, 0] for cell, each in errors.items()}, preprocessing=preprocessing
    )
    task = plain.spec.task.model_copy(update={"folds": folds, "repeats": repeats})
    count = next(iter(errors.values())).shape[2]
    truth = np.zeros((count, 1), dtype=np.float32)
    sizes = {"training": count * (folds - 1), "validation": 0, "test": count}
    records = [
        FoldRecord(each, sizes, preprocessing, truth, np.arange(count) + at * count, ())
        for at, each in enumerate(fold_ids(folds, repeats))
    ]

    def runs(name: str, given: np.ndarray, model: RunHistory) -> tuple[RunHistory, ...]:
        return tuple(
            replace(model, run=RunId(name, seed + 1, record.fold_id), result=result(missed))
            for at, record in enumerate(records)
            for seed, missed in enumerate(given[:, at])
        )

    def result(missed: np.ndarray) -> RunResult:
        predictions = missed[:, None].astype(np.float32)
        return RunResult(2, predictions, scores(predictions, truth, preprocessing))

    contenders = tuple(
        replace(each, runs=runs(each.name, given, each.runs[0]))
        for each, given in zip(plain.contenders, errors.values(), strict=True)
    )
    return replace(
        plain,
        spec=plain.spec.model_copy(update={"task": task}),
        part_sizes=sizes,
        contenders=contenders,
        further=tuple(records[1:]),
    )
