"""What compare answers, where it writes, and that show says the same."""

import json
from pathlib import Path
from typing import Any

from commands import run, run_json
from tiny import ADDING, TINY, Finished

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.sessions import SessionFile

INTERVAL = {"low", "high"}


def stored_spec(session: Path) -> ComparisonSpec:
    with SessionFile.open(session, session.parent / "locks", read_only=True) as file:
        return file.history(file.comparisons()[-1].id).spec


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def test_the_answer_has_the_dataset_and_the_environment(finished: Finished) -> None:
    dataset, environment = finished.answer["dataset"], finished.answer["environment"]
    assert (dataset["name"], dataset["task"]) == ("temperatures", "forecast")
    assert dataset["examples"].keys() == {"train", "validation", "test"}
    assert all(count > 0 for count in dataset["examples"].values())
    assert environment.keys() >= {"torch", "python", "cpu", "threads", "device"}
    assert (environment["threads"], environment["device"]) == (1, "cpu")


def test_the_answer_has_each_contender_with_its_figures(finished: Finished) -> None:
    contenders = finished.answer["contenders"]
    assert [(each["name"], each["cell"]) for each in contenders] == [
        ("GRU", "gru"), ("LSTM", "lstm"),
    ]  # fmt: skip
    for each in contenders:
        assert (each["runs"], bool(each["engine"])) == (2, True)
        assert each["parameters"] > 100
        assert each["metrics"].keys() >= {"rmse", "mae"}
        assert all(result.keys() == {"mean", *INTERVAL} for result in each["metrics"].values())
        assert each["step_ms"].keys() == {"median", *INTERVAL} == each["epoch_s"].keys()
        memory = each["memory_bytes"]
        assert memory.keys() == {"weights", "gradients", "optimizer", "activations"}
        assert memory["weights"] == memory["gradients"] == 4 * each["parameters"]


def test_the_answer_has_baselines_and_a_verdict_on_each_metric_and_cost(
    finished: Finished,
) -> None:
    names = [baseline["name"] for baseline in finished.answer["baselines"]]
    assert "persistence" in names
    verdicts = finished.answer["verdicts"]
    assert {verdict["about"] for verdict in verdicts} >= {"rmse", "mae", "step_ms", "memory_bytes"}
    for verdict in verdicts:
        assert verdict["between"] == ["GRU", "LSTM"]
        assert verdict.keys() - {"p", "probability"} == {
            "about", "between", "difference", "low", "high", "decision", "text",
        }  # fmt: skip
        assert verdict["decision"]["kind"] in {"better", "tie", "undecided", "baseline"}
        assert (verdict["decision"]["name"] is None) == (
            verdict["decision"]["kind"] in {"tie", "undecided"}
        )
        assert verdict["text"].endswith(".")


def test_progress_goes_to_standard_error_with_a_line_for_each_run(finished: Finished) -> None:
    output = finished.progress.splitlines()
    for run_name in ("GRU, seed 1", "GRU, seed 2", "LSTM, seed 1", "LSTM, seed 2"):
        assert any(line.startswith(f"{run_name}: finished after epoch 2") for line in output)
    assert output[-1] == "Session: t.gates"
    assert "\x1b" not in finished.progress


def test_show_gives_the_json_that_compare_gave_and_it_is_strict(finished: Finished) -> None:
    shown = run(finished.home, "show", "t.gates", "--json").stdout
    assert json.loads(shown, parse_constant=no_constant) == finished.answer


def test_a_finished_session_has_nothing_beside_it(finished: Finished) -> None:
    names = {path.name for path in finished.home.iterdir() if path.is_file()}
    assert {name for name in names if name.startswith((".", "t.gates"))} == {"t.gates"}


def test_every_option_reaches_the_session(home: Path) -> None:
    run(
        home, "compare", *ADDING, "--task", "regress", "--target", "sum",
        "--features", "number,mark", "--split", "0.6,0.2,0.2", "--split-seed", 5,
        "--scaling", "min-max", "--cells", "lstm,GRU,rnn", "--hidden-size", 3, "--num-layers", 2,
        "--bidirectional", "--dropout", 0.25, "--pooling", "mean", "--forget-bias", 1.5,
        "--match", "parameters", "--epochs", 9, "--steps", 7, "--seconds", 8,
        "--batch-size", 10, "--lr", 0.01,
        "--schedule", "cosine", "--optimizer", "sgd", "--momentum", 0.5, "--weight-decay", 0.01,
        "--clip", 0, "--patience", 4, "--seeds", 1, "--first-seed", 11, "--margin", 0.5,
        "--device", "cpu", "--engine", "torch", "--threads", 1, "--precision", "float32",
        "--deterministic", "--output-bias", "random", "--metric", "mae",
        "--loss", "huber", "--huber-delta", 0.7, "--quantiles", "0.2,0.5,0.8",
        "--label-smoothing", 0.3, "--focal-gamma", 1.5, "--out", "all.gates",
    )  # fmt: skip
    spec = stored_spec(home / "all.gates")
    assert spec.task.model_dump(include={
        "kind", "target", "features", "split", "split_seed", "scaling", "metric"
    }) == {
        "kind": "regress", "target": ("sum",), "features": ("number", "mark"),
        "split": (0.6, 0.2, 0.2), "split_seed": 5, "scaling": "min-max", "metric": "mae",
    }  # fmt: skip
    assert spec.training.model_dump() == {
        "epochs": 9, "steps": 7, "seconds": 8.0, "patience": 4, "batch_size": 10,
        "optimizer": "sgd", "lr": 0.01,
        "momentum": 0.5, "weight_decay": 0.01, "schedule": "cosine", "clip": None, "seeds": 1,
        "first_seed": 11, "output_bias": "random", "loss": "huber", "huber_delta": 0.7,
        "quantiles": (0.2, 0.5, 0.8), "label_smoothing": 0.3, "focal_gamma": 1.5,
    }  # fmt: skip
    assert (spec.match, spec.margin) == ("parameters", 0.5)
    assert spec.machine.model_dump() == {
        "device": "cpu", "engine": "torch", "threads": 1, "precision": "float32",
        "deterministic": True,
    }  # fmt: skip
    assert [contender.name for contender in spec.contenders] == ["LSTM", "GRU", "RNN"]
    assert [contender.forget_bias for contender in spec.contenders] == [1.5, 1.5, None]
    for contender in spec.contenders:
        assert (contender.num_layers, contender.bidirectional, contender.dropout) == (2, True, 0.25)
        assert contender.pooling == "mean"
    assert spec.contenders[0].hidden_size == 3
    shown = " ".join(run(home, "show", "all.gates").stdout.split())
    assert "Hidden sizes, matched to the parameters of the first contender: LSTM 3, GRU" in shown


def test_an_experiment_file_is_run_and_options_win_over_it(home: Path) -> None:
    (home / "experiments").mkdir()
    (home / "experiments" / "e.toml").write_text(
        'name = "mine"\n[dataset]\nsource = "generated"\ngenerator = "adding"\n'
        "parameters = { length = 8, examples = 100 }\n"
        '[[contenders]]\nname = "small"\ncell = "gru"\nhidden_size = 2\n'
        '[[contenders]]\nname = "large"\ncell = "gru"\nhidden_size = 6\n'
        "[training]\nepochs = 7\nseeds = 1\nbatch_size = 20\n[machine]\nthreads = 1\n"
    )
    answer = run_json(home, "compare", "experiments/e.toml", "--epochs", 1)
    assert [each["name"] for each in answer["contenders"]] == ["small", "large"]
    assert (home / "mine.gates").exists()
    spec = stored_spec(home / "mine.gates")
    assert (spec.training.epochs, spec.training.batch_size) == (1, 20)
    assert [contender.hidden_size for contender in spec.contenders] == [2, 6]


def test_three_contenders_share_the_basis_of_their_verdicts(home: Path) -> None:
    process = run(home, "compare", *ADDING, *TINY, "--cells", "gru,lstm,rnn")
    shown = " ".join(process.stdout.split())
    for pair in ("GRU − LSTM = ", "GRU − RNN = ", "LSTM − RNN = "):
        assert shown.count(pair) == 1
    for baseline in ("GRU − mean = ", "LSTM − mean = ", "RNN − mean = "):
        assert shown.count(baseline) == 1
    assert shown.count("One learning rate") == 1
    assert shown.count("An exact count for one training step.") == 1
    assert shown.count("3 pairs are judged together (Holm-corrected).") == 1
    assert "1 thread," in shown


def test_one_contender_is_shown_without_verdicts(home: Path) -> None:
    answer: dict[str, Any] = run_json(home, "compare", *ADDING, *TINY, "--cells", "rnn")
    assert len(answer["contenders"]) == 1
    assert answer["verdicts"] == []
    assert "RNN, seed 1" in run(home, "show", "adding.gates").stdout


def test_a_session_without_a_name_takes_the_next_free_one(home: Path) -> None:
    (home / "adding.gates").write_bytes(b"something of the user's")
    process = run(home, "compare", *ADDING, *TINY, "--epochs", 1, "--cells", "rnn")
    assert process.stderr.splitlines()[-1] == "Session: adding-2.gates"
    assert (home / "adding.gates").read_bytes() == b"something of the user's"


def test_folds_are_run_shown_traced_and_exported(tmp_path: Path) -> None:
    session = tmp_path / "f.gates"
    answer = run_json(
        tmp_path, "compare", *ADDING, *TINY, "--folds", 2, "--repeats", 2, "--out", session
    )
    assert (answer["dataset"]["folds"], answer["dataset"]["repeats"]) == (2, 2)
    runs = answer["contenders"][0]["seeds"]
    assert [(run["repeat"], run["fold"]) for run in runs] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert "Nadeau and Bengio" in answer["verdicts"][0]["text"]
    assert answer == run_json(tmp_path, "show", session)
    assert "GRU, seed 1, repeat 2, fold 1" in run(tmp_path, "show", session).stdout
    which = ("--contender", "GRU", "--fold", 1, "--repeat", 2)
    run(tmp_path, "trace", session, *which, "--out", "t.npz")
    run(tmp_path, "export", session, *which, "--format", "safetensors", "--out", "m.safetensors")
    assert '"fold": 1' in (tmp_path / "m.json").read_text()


def test_few_examples_get_advice_on_folds(tmp_path: Path) -> None:
    output = run(tmp_path, "compare", *ADDING, *TINY, "--out", "a.gates").stderr
    assert "--folds 5 --repeats 3" in output
    assert "--folds 5" in run(tmp_path, "inspect", *ADDING).stdout


def test_contenders_matched_by_time_name_the_seconds_and_steps_of_each_run(tmp_path: Path) -> None:
    timed = (*TINY, "--device", "cpu", "--match", "time", "--seconds", 0.2, "--out", "t.gates")
    answer = run_json(tmp_path, "compare", *ADDING, *timed)
    for contender in answer["contenders"]:
        for each in contender["seeds"]:
            assert 0.2 <= each["seconds"] < 0.4
            assert (each["steps"] > 10, each["engine"]) == (True, "fused")
    assert (
        "Matched by training time: 0.2 s of its own steps for each run"
        in answer["verdicts"][0]["text"]
    )
