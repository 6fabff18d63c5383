"""The descriptions that inspect prints of real files of every field."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from commands import run, run_json
from support import shared_file

DIGITS = {str(digit): 50 for digit in range(10)}
FOUND: list[tuple[str, dict[str, Any]]] = [
    ("forecasting/airline-passengers.csv",
     {"kind": "series", "task": "forecast", "examples": 144, "channels": 1}),
    ("forecasting/daily-min-temperatures.csv",
     {"kind": "series", "task": "forecast", "examples": 3650, "channels": 1}),
    ("forecasting/monthly-sunspots.csv",
     {"kind": "series", "task": "forecast", "examples": 2820, "channels": 1}),
    ("forecasting/ETTh1.csv",
     {"kind": "series", "task": "forecast", "examples": 17420, "channels": 7}),
    ("classification/GunPoint_TRAIN.ts",
     {"examples": 200, "parts": {"train": 50, "test": 150}, "channels": 1,
      "length": {"min": 150, "max": 150}, "classes": {"1": 100, "2": 100}}),
    ("classification/ItalyPowerDemand_TEST.ts",
     {"examples": 1096, "channels": 1, "length": {"min": 24, "max": 24},
      "classes": {"1": 547, "2": 549}}),
    ("classification/JapaneseVowels_TEST.ts",
     {"examples": 640, "channels": 12, "length": {"min": 7, "max": 29}}),
    ("audio/spoken-digits",
     {"kind": "examples", "task": "classify", "examples": 500, "channels": 40,
      "classes": DIGITS}),
    ("text/reviews.csv",
     {"kind": "examples", "task": "classify", "examples": 10662,
      "classes": {"neg": 5331, "pos": 5331}}),
    ("text/rt-polarity.pos",
     {"kind": "examples", "task": "classify", "examples": 10662,
      "classes": {"neg": 5331, "pos": 5331}}),
    ("text/rt-polarity.neg", {"examples": 10662, "name": "rt-polarity"}),
    ("text/tinyshakespeare.txt",
     {"kind": "text", "task": "next-token", "examples": 1115394, "symbols": 65, "classes": {}}),
    ("biology/promoters.fasta",
     {"kind": "examples", "task": "classify", "examples": 106, "channels": 4,
      "length": {"min": 57, "max": 57}, "classes": {"+": 53, "-": 53}}),
    ("biology/promoters.tsv",
     {"kind": "examples", "task": "classify", "examples": 106, "channels": 4,
      "length": {"min": 57, "max": 57}, "classes": {"+": 53, "-": 53}}),
    ("music/musedata.npz",
     {"kind": "examples", "task": "next-step", "examples": 783, "channels": 88,
      "parts": {"train": 524, "validation": 135, "test": 124}, "classes": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), FOUND, ids=[name for name, _ in FOUND])
def test_real_files_are_detected_correctly(home: Path, name: str, expected: dict[str, Any]) -> None:
    result = run_json(home, "inspect", shared_file(name))
    assert result | expected == result
    assert result["missing"] == 0


def test_names_that_leak_across_a_random_split_are_a_problem(home: Path) -> None:
    result = run_json(home, "inspect", shared_file("text/names.tsv"))
    assert (result["kind"], result["task"], result["examples"]) == ("examples", "classify", 20050)
    assert len(result["classes"]) == 18
    assert result["length"] == {"min": 2, "max": 20}
    assert any(
        "2,600 of 20,050 examples repeat" in problem["text"] for problem in result["problems"]
    )


def test_speaker_in_the_file_names_is_a_group(home: Path) -> None:
    result = run_json(home, "inspect", shared_file("audio/spoken-digits"))
    roles = {column["name"]: column["role"] for column in result["columns"]}
    assert roles["name 2"] == "group"
    assert roles["class"] == "label"


def test_pair_is_found_in_its_folder(home: Path) -> None:
    for part in ("TRAIN", "TEST"):
        shutil.copy(shared_file(f"classification/GunPoint_{part}.ts"), home)
    assert run_json(home, "inspect", ".")["parts"] == {"train": 50, "test": 150}


def test_folder_of_several_datasets_lists_them(home: Path) -> None:
    folder = shared_file("classification")
    message = run(home, "inspect", folder, status=1).stderr
    assert "holds several datasets: GunPoint, ItalyPowerDemand, JapaneseVowels" in message


def test_text_and_classes_are_described(home: Path) -> None:
    (home / "mood.csv").write_text(
        "text,mood\n" + "so good and warm,up\nso bad and cold,down\n" * 3
    )
    message = run(home, "inspect", "mood.csv").stdout
    assert "6 examples, task classify" in message
    assert "4 steps long, 1 channel of 6 symbols" in message


def test_a_missing_encoding_is_reported_in_one_line(home: Path) -> None:
    (home / "old.csv").write_bytes("слово,число\nмост,1\n".encode("cp1251"))
    message = run(home, "inspect", "old.csv", status=1).stderr
    assert "cp1251 reads 'слово,число'" in message
    assert (
        "old"
        in run(home, "inspect", "old.csv", "--data-option", "encoding=cp1251", status=0).stdout
    )


def test_a_corpus_of_words_can_be_requested(home: Path) -> None:
    (home / "tale.txt").write_text("once upon a time a king lived upon a hill\n")
    result = run_json(home, "inspect", "tale.txt", "--data-option", "tokens=words")
    assert (result["examples"], result["symbols"]) == (10, 7)
