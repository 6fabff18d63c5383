"""A session that the program made, and what a user's script reads from it."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from commands import run, run_python
from numpy.typing import NDArray
from tiny import TINY, Finished, write_temperatures

SCRIPT = """
import json, sys
import studio

eager = [name for name in ("torch", "numpy", "pyarrow", "scipy", "PySide6") if name in sys.modules]
import numpy as np

with studio.open("t.gates") as session:
    comparison = session.last
    gru = comparison["gru"]
    run = gru.runs[0]
    module = run.torch_module()
    import torch
    windows = np.random.default_rng(0).normal(size=(5, 6, 2))
    with torch.no_grad():
        predicted = module(torch.from_numpy(windows)).numpy()
    leaf = torch.from_numpy(windows).requires_grad_()
    module(leaf).sum().backward()
    np.savez(
        "read.npz", truth=comparison.truth, predictions=gru.predictions, windows=windows,
        predicted=predicted, gradient=leaf.grad.numpy(), first=run.predictions,
        mean=comparison.scores["mean"], times=run.step_times,
        **{"trace_" + name: values for name, values in run.trace(example=3).items()},
        **{"weight_" + name: value.detach().numpy() for name, value in module.named_parameters()},
        **{"buffer_" + name: value.numpy() for name, value in module.named_buffers()},
    )
    arrow = comparison.scores.to_arrow()
    from pyarrow import table
    by_stream = table(comparison.scores)
    print(json.dumps({
        "eager": eager,
        "summary": comparison.as_json(),
        "score_columns": arrow.column_names,
        "metrics": arrow.column("metric").to_pylist(),
        "models": arrow.column("model").to_pylist(),
        "streamed": by_stream.equals(arrow),
        "epochs": [len(comparison.epochs), len(gru.epochs), len(run.epochs)],
        "verdicts": [[v.about, v.first, v.second, v.decision.kind] for v in comparison.verdicts],
        "texts": [v.text for v in comparison.verdicts],
        "prediction_columns": list(run.prediction_table.columns),
        "kept": run.kept_epochs,
        "is_training": module.training,
        "repr": {
            "session": repr(session), "comparison": repr(comparison), "contender": repr(gru),
            "verdicts": repr(comparison.verdicts), "run": repr(run),
        },
        "html": {
            "session": session._repr_html_(), "comparison": comparison._repr_html_(),
            "contender": gru._repr_html_(), "verdicts": comparison.verdicts._repr_html_(),
            "scores": comparison.scores._repr_html_(),
        },
        "report": comparison.report_html()[:15],
        "numbers": [each.number for each in session],
    }))
"""


class Read(NamedTuple):
    """What the script printed, and its arrays by name."""

    answer: dict[str, object]
    arrays: dict[str, NDArray[np.float64]]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    home = tmp_path_factory.mktemp("api")
    write_temperatures(home / "temperatures.csv")
    done = run(
        home, "compare", "temperatures.csv", "--target", "temperature", "--window", 6, *TINY,
        "--seeds", 2, "--out", "t.gates", "--json",
    )  # fmt: skip
    return Finished(home, home / "t.gates", json.loads(done.stdout), done.stderr)


@pytest.fixture(scope="session")
def read(finished: Finished) -> Read:
    answer = json.loads(run_python(finished.home, SCRIPT, cold=True))
    with np.load(finished.home / "read.npz") as archive:
        return Read(answer, dict(archive))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path
