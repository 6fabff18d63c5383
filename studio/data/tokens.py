"""The next token of one long text: pieces of it, each step of which is answered by what follows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.division import WHOLE, Division
from studio.core.examples import NOT_ASKED, Examples, PreparedTask
from studio.core.preparation import Preparation, Scaler
from studio.core.task import TaskSpec
from studio.data.cutting import cut_note, refuse_more
from studio.data.dataset import Series
from studio.data.splits import PART_NAMES, refuse_empty, sizes_in_time
from studio.data.vocabulary import Vocabulary


def prepare_tokens(
    series: Series, task: TaskSpec, notes: tuple[str, ...], division: Division = WHOLE
) -> PreparedTask:
    """Divides a text by position and cuts pieces of `window` tokens that do not overlap.

    A network reads each piece from a zero state, or where the task carries it from that of the
    piece before. In the training part every token of a piece is answered, and in the other parts
    where the state is carried. Else a piece there is read behind the `window` tokens before it,
    which are not asked, so that no answer is given without having read that much: they may reach
    back into the part before. What does not fill a piece at a part's end is left out. A training
    part that is cut keeps its latest pieces, and the vocabulary is fitted on those.

    Raises:
        SpecError: A part would be empty, or has fewer pieces than shall be kept.
    """
    assert series.symbols is not None  # noqa: S101 - the task is complete
    assert task.window is not None  # noqa: S101
    assert task.split is not None  # noqa: S101
    sizes = sizes_in_time(len(series), task.split, task.folds, division.fold)[: len(PART_NAMES)]
    pieces = (max(0, sizes[0] - 1) // task.window, *(size // task.window for size in sizes[1:]))
    what = f"{len(series):,} tokens are divided, and a piece takes {task.window}"
    refuse_empty(pieces, task.split, what)
    given = series.values[:, 0]
    kept = _kept_pieces(pieces[0], task)
    begin = 1 + (pieces[0] - kept) * task.window
    fitted = slice(0, sizes[0]) if begin == 1 else slice(begin - 1, begin + kept * task.window)
    vocabulary = Vocabulary.fit(series.symbols, given[fitted], given, task)
    text = _Text.encode(vocabulary, series, task.window, carried=task.carry_state)
    borders = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    training = text.answered(begin, kept)
    ask = text.answered if task.carry_state else text.asked
    validation, test = (ask(borders[part], pieces[part]) for part in (1, 2))
    names = vocabulary.symbols
    if vocabulary.enters == "embedding":
        names = (series.channels[0].name,)
    preparation = Preparation(
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
    cut = () if begin == 1 else (f"{cut_note(kept, pieces[0])}, the latest",)
    found = (*notes, *cut, vocabulary.note, _how_it_is_read(task))
    return PreparedTask(series.name, preparation, training, validation, test, found)


def _kept_pieces(there: int, task: TaskSpec) -> int:
    """Pieces of the training part that are trained on, the latest."""
    refuse_more(task.training_examples or there, there)
    return task.training_examples or there


def _how_it_is_read(task: TaskSpec) -> str:
    if task.carry_state:
        return (
            "the training part is read in parallel streams, one for each example of a batch, and "
            f"the state is carried from piece to piece of {task.window} tokens, without its "
            "gradient, from zero at the start of each epoch; what does not fill all streams is "
            "left out; validation and test part are each read as one stream from a zero state"
        )
    return (
        f"networks read pieces of {task.window} tokens, each from a zero state: none is carried "
        f"from one piece to the next; each scored token has {task.window} tokens or more before it"
    )


@dataclass(frozen=True, eq=False)
class _Text:
    """A whole text as networks read it, and the code of each token."""

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

    def answered(self, begin: int, pieces: int) -> Examples:
        """Pieces every token of which is answered from a token on, views of the text."""
        tokens = pieces * self.window
        answers = self.codes[begin : begin + tokens].reshape(pieces, self.window)
        shape = (pieces, self.window, self.read.shape[1])
        return Examples(
            inputs=self.read[begin - 1 : begin - 1 + tokens].reshape(shape),
            lengths=None,
            targets=answers,
            truth=answers,
            positions=np.arange(begin, begin + tokens, self.window, dtype=np.int64),
            stepwise=True,
            carried=self.carried,
        )

    def asked(self, begin: int, pieces: int) -> Examples:
        """Pieces from a token on, each behind as many tokens that are read alone."""
        first = begin - 1 - self.window
        length = 2 * self.window
        positions = begin + np.arange(pieces, dtype=np.int64) * self.window
        view = np.lib.stride_tricks.sliding_window_view(self.read, length, axis=0, writeable=True)
        windows = view.transpose(0, 2, 1)[max(0, first) :: self.window][:pieces]
        answers = np.full((pieces, length), NOT_ASKED, dtype=np.int64)
        answers[:, self.window :] = self.codes[
            positions[:, np.newaxis] + np.arange(self.window, dtype=np.int64)
        ]
        return Examples(windows, None, answers, answers, positions, stepwise=True)
