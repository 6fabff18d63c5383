"""Whole comparisons on texts, sequences of letters, groups and gaps."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from commands import run, run_json
from tiny import TINY


def write_fasta(path: Path) -> Path:
    rng = np.random.default_rng(0)
    pieces = []
    for at in range(60):
        letters = "".join(rng.choice(list("ACGT"), 20 + at % 5))
        pieces.append(f">{at}|{'in' if at % 2 else 'out'}\n{letters}\n")
    path.write_bytes(gzip.compress("".join(pieces).encode()))
    return path


def test_fasta_is_classified_by_channels_of_its_bases(home: Path) -> None:
    write_fasta(home / "dna.fa.gz")
    answer = run_json(home, "compare", "dna.fa.gz", *TINY, "--out", "dna.gates")
    assert answer["dataset"] == {
        "name": "dna", "task": "classify", "examples": {"train": 42, "validation": 6, "test": 12},
    }  # fmt: skip
    gru = answer["contenders"][0]
    assert gru["parameters"] == 3 * 4 * (4 + 4 + 2) + 2 * (4 + 1)


@pytest.fixture
def sentences(home: Path) -> Path:
    rows = [f"it was a {word} day number {at},{'up' if word == 'good' else 'down'}"
            for at in range(40) for word in ("good", "bad")]  # fmt: skip
    (home / "mood.csv").write_text("text,mood\n" + "\n".join(rows) + "\n")
    return home / "mood.csv"


def test_text_is_classified_by_an_embedding_and_the_model_taken_away(
    home: Path, sentences: Path
) -> None:
    answer = run_json(
        home, "compare", sentences.name, *TINY, "--symbols", "embedding", "--vocabulary", 20,
        "--embedding-size", 3, "--out", "mood.gates",
    )  # fmt: skip
    gru = answer["contenders"][0]
    assert gru["parameters"] == 21 * 3 + 3 * 4 * (3 + 4 + 2) + 2 * (4 + 1)
    run(home, "trace", "mood.gates", "--contender", "GRU", "--out", "gates.npz")
    with np.load(home / "gates.npz") as trace:
        assert trace["input"].shape == (7, 1)
        assert trace["l0_update"].shape == (7, 4)
    for form, out in (("safetensors", "gru.safetensors"), ("onnx", "gru.onnx")):
        run(home, "export", "mood.gates", "--contender", "GRU", "--format", form, "--out", out)
    about = json.loads((home / "gru.json").read_text())
    assert about["input"]["vocabulary"][0] == "<other>"
    assert about["input"]["tokens"] == "words"


def test_session_remembers_how_a_folder_was_read(home: Path) -> None:
    for label in ("rain", "sun"):
        (home / "reports" / label).mkdir(parents=True)
        for at in range(15):
            (home / "reports" / label / f"{at}.txt").write_text(f"day {at} brought {label} again")
    run(home, "compare", "reports", *TINY, "--out", "r.gates")
    run(home, "trace", "r.gates", "--contender", "LSTM", "--out", "first.npz")
    for path in sorted((home / "reports").rglob("*.txt")):
        path.unlink()
    run(home, "trace", "r.gates", "--contender", "LSTM", "--example", 1, "--out", "second.npz")
    first, second = (np.load(home / name)["input"] for name in ("first.npz", "second.npz"))
    assert first.shape[1] == second.shape[1]  # the same vocabulary
    assert len(second) > 0


def test_gaps_and_groups_can_be_set_by_options(home: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [
        f"{person},{take},{step},{'' if rng.random() < 0.1 else round(rng.normal(), 3)},{take % 2}"
        for person in range(6) for take in range(person * 6, person * 6 + 6) for step in range(5)
    ]  # fmt: skip
    (home / "long.csv").write_text("subject,trial,time,x,label\n" + "\n".join(rows) + "\n")
    said = run(home, "compare", "long.csv", *TINY, "--out", "l.gates", status=1).stderr
    assert "Choose how to treat missing values" in said
    answer = run_json(
        home, "compare", "long.csv", *TINY, "--missing", "mask", "--group", "subject",
        "--longest", 4, "--split", "0.5,0,0.5", "--out", "l.gates",
    )  # fmt: skip
    assert answer["dataset"]["examples"] == {"train": 18, "validation": 0, "test": 18}
    assert answer["contenders"][0]["parameters"] == 3 * 4 * (2 + 4 + 2) + 2 * (4 + 1)


@pytest.fixture
def tale(home: Path) -> Path:
    (home / "tale.txt").write_text("once upon a time there was a king who lived on a hill\n" * 40)
    return home / "tale.txt"


def test_text_is_continued_and_the_model_taken_away(home: Path, tale: Path) -> None:
    answer = run_json(
        home, "compare", tale.name, *TINY, "--window", 10, "--out", "tale.gates",
    )  # fmt: skip
    assert answer["dataset"]["task"] == "next-token"
    [gru, _], [unigram, bigram] = answer["contenders"], answer["baselines"]
    nats = gru["metrics"]["nll"]["mean"]
    assert gru["metrics"]["perplexity"]["mean"] == pytest.approx(np.exp(nats))
    assert (unigram["name"], bigram["name"]) == ("unigram", "bigram")
    assert bigram["metrics"]["nll"]["mean"] < unigram["metrics"]["nll"]["mean"]
    shown = " ".join(run(home, "show", "tale.gates").stdout.split())
    assert "In bits per character: GRU" in shown
    run(home, "trace", "tale.gates", "--contender", "GRU", "--out", "gates.npz")
    asked = ("sample", "tale.gates", "--contender", "GRU", "--prompt", "once ", "--length", 30)
    written = run_json(home, *asked, "--temperature", 0.5)
    assert len(written["text"]) == 30
    assert run(home, *asked, "--temperature", 0.5).stdout == f"once {written['text']}\n"
    assert run(home, *asked, "--temperature", -1, status=2).stdout == ""
    for form, out in (("safetensors", "gru.safetensors"), ("onnx", "gru.onnx")):
        run(home, "export", "tale.gates", "--contender", "GRU", "--format", form, "--out", out)
    about = json.loads((home / "gru.json").read_text())
    assert about["output"]["class_names"][0] == "<other>"
    assert np.shape(about["example"]["answer"]) == (20, len(about["output"]["class_names"]))


def test_steps_are_tagged_by_networks_that_may_read_in_both_directions(home: Path) -> None:
    rows = [f"r{run},{step},{(step * run) % 7},{'odd' if step * run % 7 % 2 else 'even'}"
            for run in range(20) for step in range(5 + run % 3)]  # fmt: skip
    (home / "tags.csv").write_text("id,time,x,label\n" + "\n".join(rows) + "\n")
    options = (*TINY, "--bidirectional", "--epochs", 30, "--lr", 0.05, "--out", "tags.gates")
    answer = run_json(home, "compare", "tags.csv", *options)
    assert answer["dataset"]["task"] == "tag"
    [gru, _], [majority] = answer["contenders"], answer["baselines"]
    assert majority["name"] == "majority class"
    assert set(gru["metrics"]) == {"accuracy", "balanced_accuracy", "macro_f1", "nll"}
    assert gru["metrics"]["accuracy"]["mean"] > majority["metrics"]["accuracy"]["mean"]
    run(home, "export", "tags.gates", "--contender", "GRU", "--format", "onnx", "--out", "t.onnx")


def test_keys_of_the_next_step_are_scored_in_nats_per_step(home: Path) -> None:
    keys = np.eye(4, dtype=np.uint8)[np.arange(200) % 4]
    lengths = np.array([2, 7, 11, 20] * 5)
    np.savez(home / "keys.npz", roll=keys, lengths=lengths)
    options = (*TINY, "--epochs", 40, "--lr", 0.05, "--split", "0.5,0,0.5", "--out", "keys.gates")
    answer = run_json(home, "compare", "keys.npz", *options)
    assert answer["dataset"]["task"] == "next-step"
    [gru, _], [rates] = answer["contenders"], answer["baselines"]
    assert rates["name"] == "independent key rates"
    assert rates["metrics"]["nll"]["mean"] == pytest.approx(4 * 0.5623, abs=0.02)
    assert gru["metrics"]["nll"]["mean"] < rates["metrics"]["nll"]["mean"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--bidirectional",), "would see the steps that it has to predict"),
        (("--pooling", "mean"), "every step"),
    ],
)
def test_networks_that_do_not_fit_a_text_are_refused(
    home: Path, tale: Path, options: tuple[str, ...], message: str
) -> None:
    assert message in run(home, "compare", tale.name, *TINY, *options, status=2).stderr
