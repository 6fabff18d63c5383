"""A small file, pair or folder in each format that the program reads."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
import pyarrow as pa
import scipy.io
import soundfile
from pyarrow import feather, parquet

EXAMPLES = 24
STEPS = 60
LENGTH = 6
CLASSES = ("calm", "wild")

Writer = Callable[[Path], Path]


def _sequences() -> np.ndarray:
    """Waves of two speeds, (examples, steps)."""
    speeds = 0.5 + (np.arange(EXAMPLES) % 2)[:, np.newaxis]
    return np.round(np.sin(speeds * np.arange(LENGTH) + np.arange(EXAMPLES)[:, np.newaxis]), 4)


def _labels() -> list[str]:
    return [CLASSES[at % 2] for at in range(EXAMPLES)]


def _wave() -> pa.Table:
    steps = np.arange(STEPS)
    return pa.table({"flow": np.sin(steps / 5), "level": np.cos(steps / 7)})


def _sentences(word: str) -> list[str]:
    return [f"a {word} story number {at} of the sea" for at in range(EXAMPLES // 2)]


def csv(folder: Path, name: str = "wave.csv", separator: str = ",") -> Path:
    """A series of two columns."""
    rows = [separator.join(("flow", "level"))]
    rows += [
        separator.join(f"{value:.5f}" for value in row)
        for row in zip(*_wave().to_pydict().values(), strict=True)
    ]
    (folder / name).write_text("\n".join(rows))
    return folder / name


def tsv(folder: Path) -> Path:
    """The same between tabs."""
    return csv(folder, "wave.tsv", "\t")


def xlsx(folder: Path) -> Path:
    """The same in a workbook."""
    book = openpyxl.Workbook()
    table = _wave()
    book.active.append(table.column_names)
    for row in zip(*table.to_pydict().values(), strict=True):
        book.active.append(row)
    book.save(folder / "wave.xlsx")
    return folder / "wave.xlsx"


def parquet_table(folder: Path) -> Path:
    """The same as Parquet."""
    parquet.write_table(_wave(), folder / "wave.parquet")
    return folder / "wave.parquet"


def feather_table(folder: Path) -> Path:
    """The same as Feather."""
    feather.write_feather(_wave(), folder / "wave.feather")
    return folder / "wave.feather"


def arrow_table(folder: Path) -> Path:
    """The same as an Arrow stream in a file."""
    path = folder / "wave.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, _wave().schema) as writer:
        writer.write_table(_wave())
    return path


def json_lines(folder: Path) -> Path:
    """Labelled sequences, an object in each line."""
    lines = [
        json.dumps({"x": sequence.tolist(), "label": label})
        for sequence, label in zip(_sequences(), _labels(), strict=True)
    ]
    (folder / "waves.jsonl").write_text("\n".join(lines) + "\n")
    return folder / "waves.jsonl"


def long_table(folder: Path) -> Path:
    """Labelled sequences, a row for each step."""
    rows = [
        f"{at},{step},{value},{label}"
        for at, (sequence, label) in enumerate(zip(_sequences(), _labels(), strict=True))
        for step, value in enumerate(sequence.tolist())
    ]
    (folder / "long.csv").write_text("id,time,x,label\n" + "\n".join(rows) + "\n")
    return folder / "long.csv"


def npy(folder: Path) -> Path:
    """A series of two channels."""
    np.save(folder / "wave.npy", np.stack(list(_wave().to_pydict().values()), axis=1))
    return folder / "wave.npy"


def npz(folder: Path) -> Path:
    """Labelled sequences."""
    np.savez(folder / "waves.npz", X=_sequences(), y=np.arange(EXAMPLES) % 2)
    return folder / "waves.npz"


def mat(folder: Path) -> Path:
    """The same for MATLAB."""
    scipy.io.savemat(folder / "waves.mat", {"X": _sequences(), "y": np.arange(EXAMPLES) % 2})
    return folder / "waves.mat"


def ts_pair(folder: Path) -> Path:
    """Half of them to train, half to test."""
    header = f"@problemName waves\n@univariate true\n@classLabel true {' '.join(CLASSES)}\n@data\n"
    rows = [
        f"{','.join(map(str, sequence))}:{label}\n"
        for sequence, label in zip(_sequences().tolist(), _labels(), strict=True)
    ]
    half = EXAMPLES // 2
    (folder / "waves_TRAIN.ts").write_text(header + "".join(rows[:half]))
    (folder / "waves_TEST.ts").write_text(header + "".join(rows[half:]))
    return folder / "waves_TRAIN.ts"


def arff(folder: Path) -> Path:
    """An attribute for each step."""
    header = ["@relation waves", *(f"@attribute t{at} numeric" for at in range(LENGTH)),
              f"@attribute class {{{','.join(CLASSES)}}}", "@data"]  # fmt: skip
    rows = [
        ",".join([*map(str, sequence), label])
        for sequence, label in zip(_sequences().tolist(), _labels(), strict=True)
    ]
    (folder / "waves.arff").write_text("\n".join([*header, *rows]) + "\n")
    return folder / "waves.arff"


def corpus(folder: Path) -> Path:
    """One long text."""
    (folder / "tale.txt").write_text("once upon a time there was a king on a hill\n" * 20)
    return folder / "tale.txt"


def polarity_pair(folder: Path) -> Path:
    """A file of sentences for each class."""
    for ending, word in (("pos", "good"), ("neg", "bad")):
        (folder / f"films.{ending}").write_text("\n".join(_sentences(word)) + "\n")
    return folder / "films.pos"


def text_table(folder: Path) -> Path:
    """Sentences with their class."""
    rows = [f'"{text}",{word}' for word in CLASSES for text in _sentences(word)]
    (folder / "mood.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    return folder / "mood.csv"


def text_folder(folder: Path) -> Path:
    """A folder of texts for each class."""
    for word in CLASSES:
        (folder / "texts" / word).mkdir(parents=True)
        for at, text in enumerate(_sentences(word)):
            (folder / "texts" / word / f"{at}.txt").write_text(text)
    return folder / "texts"


def wav_folder(folder: Path, ending: str = "wav") -> Path:
    """A folder of recordings for each class."""
    moments = np.arange(800) / 8000
    for word, frequency in zip(CLASSES, (300, 2000), strict=True):
        (folder / "tones" / word).mkdir(parents=True)
        for at in range(EXAMPLES // 2):
            tone = 0.5 * np.sin(2 * np.pi * (frequency + 10 * at) * moments)
            soundfile.write(folder / "tones" / word / f"{at}.{ending}", tone, 8000)
    return folder / "tones"


def flac_folder(folder: Path) -> Path:
    """The same without loss compressed."""
    return wav_folder(folder, "flac")


def fasta(folder: Path) -> Path:
    """DNA with its class behind a bar."""
    (folder / "genes.fasta").write_text(_dna())
    return folder / "genes.fasta"


def fasta_gz(folder: Path) -> Path:
    """The same gzipped."""
    (folder / "genes.fasta.gz").write_bytes(gzip.compress(_dna().encode()))
    return folder / "genes.fasta.gz"


def _dna() -> str:
    return "".join(
        f">gene{at}|{label}\n{'ACGTTGCA'[at % 5 :]}{'AT' * (1 + at % 3)}\n"
        for at, label in enumerate(_labels())
    )


def piano_rolls(folder: Path) -> Path:
    """Pieces of four keys behind each other."""
    keys = np.eye(4, dtype=np.uint8)[np.arange(EXAMPLES * LENGTH) % 4]
    np.savez(folder / "rolls.npz", roll=keys, lengths=np.full(EXAMPLES, LENGTH))
    return folder / "rolls.npz"


class Example(NamedTuple):
    """What writes a file, what the page Data says of it, and the task that is found."""

    write: Writer
    said: str
    task: str


SERIES = f"One series of {STEPS} steps, 2 columns of numbers"
SEQUENCES = f"{EXAMPLES} examples of {LENGTH} steps, 1 value per step"

FORMATS = (
    Example(csv, SERIES, "forecast"),
    Example(tsv, SERIES, "forecast"),
    Example(xlsx, SERIES, "forecast"),
    Example(parquet_table, SERIES, "forecast"),
    Example(feather_table, SERIES, "forecast"),
    Example(arrow_table, SERIES, "forecast"),
    Example(npy, SERIES, "forecast"),
    Example(json_lines, SEQUENCES, "classify"),
    Example(long_table, SEQUENCES, "classify"),
    Example(npz, SEQUENCES, "classify"),
    Example(mat, SEQUENCES, "classify"),
    Example(arff, SEQUENCES, "classify"),
    Example(ts_pair, f"{EXAMPLES} examples (12 training, 12 test) of 6 steps, 1 value", "classify"),
    Example(corpus, "One text of 880 symbols, 19 distinct symbols", "next-token"),
    Example(polarity_pair, f"{EXAMPLES} examples of 8 steps", "classify"),
    Example(text_table, f"{EXAMPLES} examples of 8 steps", "classify"),
    Example(text_folder, f"{EXAMPLES} examples of 8 steps", "classify"),
    Example(wav_folder, f"{EXAMPLES} examples of 8 steps, 40 values per step", "classify"),
    Example(flac_folder, f"{EXAMPLES} examples of 8 steps, 40 values per step", "classify"),
    Example(fasta, f"{EXAMPLES} examples of 6 to 14 steps, 4 values per step", "classify"),
    Example(fasta_gz, f"{EXAMPLES} examples of 6 to 14 steps, 4 values per step", "classify"),
    Example(piano_rolls, f"{EXAMPLES} examples of {LENGTH} steps, 4 values per step", "next-step"),
)
