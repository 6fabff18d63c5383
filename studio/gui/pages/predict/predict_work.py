"""Jobs of the page Predict: the session and the file in the loader, networks on compute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from studio.data import Cache
from studio.export.column_tables import write_columns
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.runs.predictions.beyond_end import BeyondEnd, continue_forecast, refuse_steps
from studio.runs.predictions.predict import Question, answer_question, ask_session, read_question
from studio.runs.predictions.prediction_result import PredictionResult
from studio.runs.predictions.prediction_spec import PredictionSpec
from studio.runs.predictions.prediction_table import Columns
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile


@dataclass(frozen=True)
class PredictionRequest:
    """What is predicted.

    Attributes:
        workspace: The open session.
        comparison: The comparison's number.
        path: The new data.
        contenders: Whose predictions, by name.
        spec: Runs and intervals; its contender is filled in.
        steps: Steps beyond the end, or 0.
        cache: The folder of read datasets.
    """

    workspace: Workspace
    comparison: int
    path: Path
    contenders: tuple[str, ...]
    spec: PredictionSpec
    steps: int
    cache: Path


@dataclass(frozen=True, eq=False)
class Predicted:
    """Predictions by contender, and beyond the end where that was asked for."""

    results: Mapping[str, PredictionResult]
    beyond: Mapping[str, BeyondEnd]


def predict(  # noqa: PLR0913, PLR0917 - who is told what
    jobs: BackgroundJobs,
    wanted: PredictionRequest,
    stop: Event,
    progress: Callable[[int, int], object],
    then: Callable[[Predicted], None],
    otherwise: Callable[[BaseException], None],
) -> None:
    """Reads, then predicts; neither holds the interface up.

    `progress` is called in the compute thread with what is done and the total of a contender.
    """

    def report(done: int, total: int) -> bool:
        progress(done, total)
        return not (stop.is_set() or jobs.is_ending)

    def read() -> dict[str, Question]:
        session, cache = wanted.workspace.reader(), Cache(wanted.cache)
        questions = {}
        for name in _with_models(session, wanted):
            asked = ask_session(session, wanted.comparison, replace(wanted.spec, contender=name))
            if wanted.steps:
                refuse_steps(asked.models[0].preprocessing, wanted.steps)
            questions[name] = read_question(asked, wanted.path, cache)
        return questions

    def compute(questions: Mapping[str, Question]) -> Predicted:
        results, beyond = {}, {}
        for name, question in questions.items():
            spec = replace(wanted.spec, contender=name)
            results[name] = answer_question(question, spec, report)
            if wanted.steps:
                beyond[name] = continue_forecast(question, spec, wanted.steps)
        return Predicted(results, beyond)

    def computed(questions: Mapping[str, Question]) -> None:
        name = wanted.path.name
        jobs.calculate(f"Predicting {name}", lambda: compute(questions), then, otherwise)

    jobs.load(f"Reading {wanted.path.name}", read, computed, otherwise)


def _with_models(session: SessionFile, wanted: PredictionRequest) -> tuple[str, ...]:
    """The contenders; of several those that were trained on all data, where that is asked for."""
    if wanted.spec.runs != "final" or len(wanted.contenders) == 1:
        return wanted.contenders
    retrained = {model.contender for model in session.final_models(wanted.comparison)}
    return tuple(name for name in wanted.contenders if name in retrained) or wanted.contenders


def save(
    jobs: BackgroundJobs,
    table: Callable[[], Columns],
    out: Path,
    then: Callable[[Path, int], None],
    otherwise: Callable[[BaseException], None],
) -> None:
    """Writes a table; `then` gets the file and the number of rows."""

    def job() -> int:
        columns = table()
        write_columns(columns, out)
        return len(next(iter(columns.values())))

    jobs.load(f"Writing {out.name}", job, lambda rows: then(out, rows), otherwise)
