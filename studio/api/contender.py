"""A contender and its runs in Python: scores, predictions, traces, torch modules."""

from collections.abc import Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.analysis import ContenderSummary, Interval
from studio.analysis.wording import format_figure, with_brackets
from studio.api.export import write_model
from studio.api.result_table import ResultTable
from studio.api.run_tables import epoch_table, prediction_table
from studio.api.text import html_table, text_table
from studio.core.arrays import Doubles, Floats, Truth
from studio.core.errors import SessionError
from studio.core.results.final_model import FinalModel
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.fold_ids import FoldId
from studio.runs.execution.compute import ComputeThread
from studio.runs.stored.final_models import find_final_model
from studio.runs.stored.models import find_run, stored_model, stored_sequence, trace_model
from studio.runs.stored.torch_modules import torch_module_of
from studio.sessions import SessionFile

if TYPE_CHECKING:
    from studio.runs.stored.torch_modules import InferenceNetwork


class Run:
    """A contender trained with one seed on one split or fold.

    Attributes:
        contender: The contender's name.
        seed: Its seed.
        fold: Its fold, from 1; 0 without folds.
        repeat: The repeat of the folds, from 1; 0 if there is only one.
        history: Everything that was measured of it.
    """

    def __init__(
        self, file: SessionFile, number: int, comparison: ComparisonHistory, history: RunHistory
    ) -> None:
        self._file, self._number, self._comparison = file, number, comparison
        self.history = history
        self.contender, self.seed = history.run.contender, history.run.seed
        self.repeat, self.fold = history.run.fold_id

    @property
    def status(self) -> str:
        """waiting, running, finished, early (early stopping), stopped or failed."""
        return self.history.status

    @property
    def reason(self) -> str:
        """Why it failed, or ""."""
        return self.history.reason

    @property
    def best_epoch(self) -> int | None:
        """The best epoch by validation loss; None before the first."""
        return self.history.best_epoch

    @property
    def seconds(self) -> float:
        """Training time in seconds, the sum of the step times."""
        return self.history.seconds

    @property
    def step_times(self) -> Doubles:
        """Seconds of each training step that was timed, without warm-up steps, (steps,)."""
        parts = [timing.seconds for timing in self.history.timings]
        return np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)

    @property
    def scores(self) -> Mapping[str, float]:
        """Test scores by metric; empty until the run has ended."""
        return self.history.result.scores if self.history.result else {}

    @cached_property
    def epochs(self) -> ResultTable:
        """A row for each epoch: losses, scores, seconds, learning rate."""
        return epoch_table([self.history])

    @property
    def kept_epochs(self) -> tuple[int, ...]:
        """The epochs whose weights are stored; 0 is the untrained network."""
        return self._file.kept_epochs(self._number, self.history.run)

    @property
    def truth(self) -> Truth:
        """The targets of its test set, as in Comparison.truth."""
        return self._comparison.on(self.history.run.fold_id).test_truth

    @property
    def predictions(self) -> Floats:
        """Predictions of its test set, made with the best epoch's weights.

        Returns:
            Class probabilities, or values in the targets' units with the horizon first, (examples,
            outputs) float32. With a prediction at every step (examples, time, 2): the negative
            log-likelihood of the truth in nats, and the likeliest class.

        Raises:
            SessionError: The run has not ended.
        """
        if self.history.result is None:
            raise SessionError(
                f"the run is {self.status} and has no test predictions",
                where=str(self.history.run),
                remedy="Resume the comparison",
            )
        return self.history.result.predictions

    @cached_property
    def prediction_table(self) -> ResultTable:
        """Predictions beside the truth; see the guide for its columns.

        Raises:
            SessionError: The run has not ended.
        """
        return prediction_table(self.predictions, self._comparison.on(self.history.run.fold_id))

    def torch_module(self, epoch: int | None = None) -> "InferenceNetwork":
        """The trained network as a torch.nn.Module, from inputs in their own units to predictions.

        Args:
            epoch: A stored epoch, 0 for the untrained network; None for the best.

        Raises:
            SessionError: The epoch is not stored, or its weights do not fit.
        """
        run = self.history.run
        model = stored_model(self._file, self._number, run.contender, run.seed, epoch, run.fold_id)
        return torch_module_of(model)

    def export(
        self, path: str | PathLike[str], form: str = "safetensors", epoch: int | None = None
    ) -> tuple[Path, ...]:
        """Writes the trained network and checks it, as `gate-studio export` does.

        Args:
            path: The main file; further files take its name with other endings.
            form: A format of models, such as "safetensors" or "onnx".
            epoch: As in torch_module.

        Returns:
            The files.

        Raises:
            SpecError: There is no such format.
            ExportError: The format cannot hold the network, or the files cannot be written.
            SessionError: As in torch_module.
        """
        run = self.history.run
        model = stored_model(self._file, self._number, run.contender, run.seed, epoch, run.fold_id)
        return write_model(self._file, self._number, model, form, Path(path))

    def trace(
        self, example: int = 0, part: str = "test", epoch: int | None = None
    ) -> dict[str, Floats]:
        """Every gate and state of one example, with the names of `gate-studio trace`.

        Args:
            example: The example's number within its set.
            part: training, validation or test.
            epoch: As in torch_module.

        Returns:
            "input" (time, channels) as the network reads it, and "l0_update", "l0_h", ... (time,
            units), all float32.

        Raises:
            SessionError: There is no such example or epoch, or the network has no gates.
            DatasetError: The example is not in the session and the data cannot be read.
        """
        run = self.history.run
        model = stored_model(self._file, self._number, run.contender, run.seed, epoch, run.fold_id)
        sequence = stored_sequence(self._file, self._number, part, example, run.fold_id)
        with ComputeThread() as compute:
            trace = trace_model(model, sequence, compute)
        return {"input": trace.input, **trace.layers}

    def __repr__(self) -> str:
        scores = ", ".join(
            f"{name} {format_figure(value, value / 100)}" for name, value in self.scores.items()
        )
        return f"Run {self.history.run}: {', '.join(filter(None, (self.status, scores)))}"


class Contender:
    """One network of a comparison with all its runs.

    Attributes:
        history: Everything that was measured of it.
    """

    def __init__(
        self,
        file: SessionFile,
        number: int,
        comparison: ComparisonHistory,
        figures: ContenderSummary,
    ) -> None:
        self._file, self._number, self._comparison = file, number, comparison
        self._figures = figures
        self.history = figures.history

    @property
    def name(self) -> str:
        return self.history.name

    @property
    def cell(self) -> str:
        """Its cell, such as "gru"."""
        return self.history.spec.cell

    @property
    def spec(self) -> ContenderSpec:
        """Its settings."""
        return self.history.spec

    @property
    def parameters(self) -> int:
        """Trainable parameters of the whole network."""
        return self.history.parameters

    @property
    def engine(self) -> str | None:
        """What computed its layers; None before it started."""
        return self._figures.execution.engine if self._figures.execution else None

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """A run for each seed and fold."""
        return tuple(
            Run(self._file, self._number, self._comparison, run) for run in self.history.runs
        )

    def run(self, seed: int | None = None, fold: int | None = None, repeat: int = 0) -> Run:
        """The run of a seed and a fold, or the best of those that match by validation loss.

        Raises:
            SessionError: There is none, or none has a finished epoch.
        """
        fold_id = None if fold is None else FoldId(repeat, fold)
        wanted = find_run(self.history, seed, fold_id).run
        return next(run for run in self.runs if run.history.run == wanted)

    @property
    def scores(self) -> Mapping[str, Interval]:
        """Mean test scores by metric, with 95 % intervals over seeds and test examples."""
        return self._figures.metrics

    @property
    def step_ms(self) -> Interval:
        """Milliseconds of a training step, median over rounds."""
        return self._figures.step_ms

    @cached_property
    def epochs(self) -> ResultTable:
        """A row for each epoch of each run."""
        return epoch_table(self.history.runs)

    @property
    def predictions(self) -> Floats:
        """Test predictions of the runs that have ended, (runs, examples, outputs) float32.

        Raises:
            SessionError: No run has ended, or folds differ in size; see Run.predictions.
        """
        ended = [run.history.result.predictions for run in self.runs if run.history.result]
        if len({values.shape for values in ended}) != 1:
            raise SessionError(
                "no run has ended" if not ended else "its folds differ in size",
                where=self.name,
                remedy="Resume the comparison" if not ended else "Use predictions of each run",
            )
        return np.stack(ended)

    def torch_module(self, seed: int | None = None, epoch: int | None = None) -> "InferenceNetwork":
        """The torch.nn.Module of a run, by default the best by validation loss; see Run."""
        return self.run(seed).torch_module(epoch)

    @property
    def final_models(self) -> tuple[FinalModel, ...]:
        """Models of it that were trained on all data, oldest first; see studio.retrain."""
        models = self._file.final_models(self._number)
        return tuple(model for model in models if model.contender == self.name)

    def final_module(self, seed: int | None = None) -> "InferenceNetwork":
        """The torch.nn.Module of a model that was trained on all data, by default the latest.

        Raises:
            SessionError: There is none.
        """
        return torch_module_of(find_final_model(self._file, self._number, self.name, seed))

    def export(
        self,
        path: str | PathLike[str],
        form: str = "safetensors",
        seed: int | None = None,
        *,
        final: bool = False,
    ) -> tuple[Path, ...]:
        """Writes the network of a run, by default the best, or the final model; see Run.export."""
        if not final:
            return self.run(seed).export(path, form)
        model = find_final_model(self._file, self._number, self.name, seed)
        return write_model(self._file, self._number, model, form, Path(path))

    def trace(
        self,
        example: int = 0,
        part: str = "test",
        seed: int | None = None,
        epoch: int | None = None,
    ) -> dict[str, Floats]:
        """Gates and states of one example in a run, by default the best; see Run.trace."""
        return self.run(seed).trace(example, part, epoch)

    def __repr__(self) -> str:
        rows = self._rows()
        return f"{self._title}\n{text_table(('Metric', 'Test score'), rows)}"

    def _repr_html_(self) -> str:
        return html_table(("Metric", "Test score"), self._rows(), self._title)

    @property
    def _title(self) -> str:
        ended = self._figures.ended
        return (
            f"{self.name}: {self.cell}, {self.parameters:,} parameters, "
            f"{ended} of {len(self.history.runs)} runs finished"
        )

    def _rows(self) -> list[tuple[str, str]]:
        metrics = metrics_of(self._comparison.preprocessing)
        return [(metric.label, with_brackets(self.scores[metric.name])) for metric in metrics]
