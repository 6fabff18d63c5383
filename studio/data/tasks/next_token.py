"""Prepares next-token prediction on one long text, cut into windows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.notes import DataNote, TextWindows, TrainingSetReduced
from studio.core.prepared.examples import IGNORE_INDEX, Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Series
from studio.data.splitting.splits import PART_NAMES, refuse_empty, sizes_in_time
from studio.data.splitting.training_subset import refuse_too_many_examples
from studio.data.transform.vocabulary import Vocabulary


def prepare_next_token(
    series: Series,
    task: TaskSpec,
    notes: tuple[DataNote, ...],
    fold_id: FoldId = SINGLE_SPLIT,
) -> PreparedTask:
    """Splits a text by position and cuts windows of `window` tokens that do not overlap.

    A network reads each window from a zero state, or, with carried state, from the final state of
    the window before. In the training set, and with carried state in all sets, every token of a
    window is predicted. Otherwise validation and test windows are read after the `window` tokens
    before them, which are not scored, so that every scored token has that much context; it may
    reach back into the set before. Tokens that do not fill a window at the end of a set are left
    out. A reduced training set keeps its latest windows, and the vocabulary is fitted on those.

    Raises:
        SpecError: A set would be empty, or has fewer windows than requested.
    """
    assert series.symbols is not None  # noqa: S101 - the task is complete
    assert task.window is not None  # noqa: S101
    assert task.split is not None  # noqa: S101
    sizes = sizes_in_time(len(series), task.split, task.folds, fold_id.fold)[: len(PART_NAMES)]
    pieces = (max(0, sizes[0] - 1) // task.window, *(size // task.window for size in sizes[1:]))
    what = f"there are only {len(series):,} tokens for windows of {task.window}"
    refuse_empty(pieces, task.split, what)
    tokens = series.values[:, 0]
    kept = _kept_pieces(pieces[0], task)
    begin = 1 + (pieces[0] - kept) * task.window
    fitted = slice(0, sizes[0]) if begin == 1 else slice(begin - 1, begin + kept * task.window)
    vocabulary = Vocabulary.fit(series.symbols, tokens[fitted], tokens, task)
    text = _Text.encode(vocabulary, series, task.window, carried=task.carry_state)
    borders = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    training = text.predicted(begin, kept)
    windows_of = text.predicted if task.carry_state else text.predicted_with_context
    validation, test = (windows_of(borders[part], pieces[part]) for part in (1, 2))
    names = vocabulary.symbols
    if vocabulary.enters == "embedding":
        names = (series.channels[0].name,)
    preprocessing = Preprocessing(
        kind="next-token",
        input_names=names,
        input_units=("",) * len(names),
        input_scaler=Scaler.identity(len(names)),
        target_names=(series.channels[0].name,),
        target_units=("",),
        window=task.window,
        stride=task.window,
        min_length=task.window,
        max_length=task.window,
        vocabulary=vocabulary.symbols,
        tokens=series.tokens,
        carried=task.carry_state,
    )
    reduced = () if begin == 1 else (TrainingSetReduced(kept, pieces[0], latest=True),)
    windows = TextWindows(task.window, carried=task.carry_state)
    every_note = (*notes, *reduced, vocabulary.note, windows)
    return PreparedTask(series.name, preprocessing, training, validation, test, every_note)


def _kept_pieces(available: int, task: TaskSpec) -> int:
    """The number of training windows that are used, the latest."""
    used = task.training_examples or available
    refuse_too_many_examples(used, available)
    return used


@dataclass(frozen=True, eq=False)
class _Text:
    """The inputs of a whole text, and the code of each token."""

    read: NDArray[Any]
    codes: Integers
    window: int
    carried: bool

    @classmethod
    def encode(
        cls, vocabulary: Vocabulary, series: Series, window: int, *, carried: bool
    ) -> "_Text":
        codes = vocabulary.code_of[series.values[:, 0].astype(np.int64)]
        if vocabulary.enters == "embedding":
            return cls(codes.astype(np.int32)[:, np.newaxis], codes, window, carried)
        read = np.eye(len(vocabulary.symbols), dtype=np.uint8)[codes]
        return cls(read, codes, window, carried)

    def predicted(self, begin: int, pieces: int) -> Examples:
        """Windows from a token on, every token of which is predicted; views of the text."""
        tokens = pieces * self.window
        predictions = self.codes[begin : begin + tokens].reshape(pieces, self.window)
        shape = (pieces, self.window, self.read.shape[1])
        return Examples(
            inputs=self.read[begin - 1 : begin - 1 + tokens].reshape(shape),
            lengths=None,
            targets=predictions,
            targets_in_units=predictions,
            positions=np.arange(begin, begin + tokens, self.window, dtype=np.int64),
            per_step=True,
            carried=self.carried,
        )

    def predicted_with_context(self, begin: int, pieces: int) -> Examples:
        """Windows from a token on, each after as many tokens that are read but not predicted."""
        first = begin - 1 - self.window
        length = 2 * self.window
        positions = begin + np.arange(pieces, dtype=np.int64) * self.window
        view = np.lib.stride_tricks.sliding_window_view(self.read, length, axis=0, writeable=True)
        windows = view.transpose(0, 2, 1)[max(0, first) :: self.window][:pieces]
        predictions = np.full((pieces, length), IGNORE_INDEX, dtype=np.int64)
        predictions[:, self.window :] = self.codes[
            positions[:, np.newaxis] + np.arange(self.window, dtype=np.int64)
        ]
        return Examples(windows, None, predictions, predictions, positions, per_step=True)
