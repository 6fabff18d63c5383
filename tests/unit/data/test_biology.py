"""FASTA: alphabets, labels, gzip, folders."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.core.specs.comparison_spec import FileDataset
from studio.data import Dataset, ExampleSet, inspect, load

Loader = Callable[..., Dataset]
LABELLED = ">1|on\nACGT\nacgt\n>2|off\nTTTTN\n>3|on\nRYAC\n>4|off\nGGGG\n"


def read(path: Path, **settings: object) -> ExampleSet:
    dataset = load(FileDataset.model_validate({"path": str(path), **settings}))
    assert isinstance(dataset, ExampleSet)
    return dataset


def test_dna_has_a_channel_for_each_base_and_ambiguity_is_shared(load_text: Loader) -> None:
    dataset = load_text(LABELLED, "toy.fasta")
    assert isinstance(dataset, ExampleSet)
    assert [column.name for column in dataset.channels] == list("ACGT")
    assert dataset.lengths.tolist() == [8, 5, 4, 4]
    assert dataset.sequence(1)[-1].tolist() == [0.25] * 4
    assert dataset.sequence(2)[:2].tolist() == [[0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5]]
    assert inspect(dataset)["classes"] == {"off": 2, "on": 2}


def test_rna_and_protein_are_distinguished(load_text: Loader) -> None:
    rna = load_text(">1|a\nACGUU\n>2|b\nGGCUA\n>3|a\nAC-UU\n>4|b\nGG\n", "x.fa")
    assert [column.name for column in rna.channels] == list("ACGU")
    protein = load_text(">1|a\nMKLVWX\n>2|b\nBPQ*\n>3|a\nMK\n>4|b\nPQU\n", "x.faa")
    assert isinstance(protein, ExampleSet)
    assert len(protein.channels) == 21
    assert protein.sequence(1)[0].max() == 0.5
    assert not protein.sequence(1)[-1].any()


def test_fasta_is_recognised_by_content_and_unpacked(tmp_path: Path) -> None:
    (tmp_path / "nameless").write_text(LABELLED)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(LABELLED.encode()))
    plain, packed = read(tmp_path / "nameless"), read(tmp_path / "packed.gz")
    assert np.array_equal(plain.values, packed.values)


def test_labels_may_come_from_a_table(tmp_path: Path) -> None:
    (tmp_path / "x.fasta").write_text(">s1 first\nACGT\n>s2 second\nTTTT\n")
    (tmp_path / "classes.tsv").write_text("s2\tdown\ns1\tup\n")
    dataset = read(tmp_path / "x.fasta", labels="classes.tsv")
    assert dataset.class_names == ("down", "up")
    assert dataset.labels.tolist() == [1, 0]
    (tmp_path / "classes.tsv").write_text("s2\tdown\n")
    with pytest.raises(DatasetError, match=r"line 1: 's1' has no label in classes\.tsv"):
        read(tmp_path / "x.fasta", labels="classes.tsv")


def test_file_of_each_class_in_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "promoter.fa").write_text(">a\nACGT\n>b\nAACC\n")
    (tmp_path / "other.fa").write_text(">a\nTTTT\n")
    assert inspect(read(tmp_path))["classes"] == {"other": 1, "promoter": 2}


def test_accession_in_the_header_is_not_a_class(load_text: Loader) -> None:
    dataset = load_text(
        "".join(f">sp|P{index}|NAME{index}\nMKLV\n" for index in range(6)), "x.fasta"
    )
    assert inspect(dataset)["classes"] == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ACGT\n>1\nAC\n", "line 1: has letters before"),
        (">1|a\n>2|b\nAC\n", "line 1: has a header but no letters"),
        (">1|a\nAC1T\n", "line 2: holds '1'"),
        ("; only a comment\n", "has no sequence"),
    ],
)
def test_error_of_a_fasta_file_names_the_line(load_text: Loader, text: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        load_text(text, "x.fasta")


def test_table_of_dna_is_read_as_dna(load_text: Loader) -> None:
    dataset = load_text(
        "".join(f"acgtacgtac{a}{b}\t{'+-'[a == b]}\n" for a in "acg" for b in "acg"), "dna.tsv"
    )
    assert [column.name for column in dataset.channels] == list("ACGT")
    assert inspect(dataset)["classes"] == {"+": 6, "-": 3}


@pytest.mark.parametrize("name", ["{label}.fa", "{label}/all.fa"])
def test_sets_given_by_folders_of_fasta_files_are_kept(tmp_path: Path, name: str) -> None:
    for part, count in (("train", 3), ("test", 2)):
        for label in ("off", "on"):
            path = tmp_path / part / name.format(label=label)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f">{index}\nACGTACGT\n" for index in range(count)))
    dataset = read(tmp_path)
    assert dataset.in_test is not None
    assert inspect(dataset)["parts"] == {"train": 6, "test": 4}
    assert inspect(dataset)["classes"] == {"off": 5, "on": 5}
