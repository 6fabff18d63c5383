"""Texts: tables with labels, lines, folders, a whole corpus, and their encodings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core.errors import DatasetError
from studio.core.notes import EmptyTextsLeftOut, EncodingAssumed
from studio.core.specs.comparison_spec import FileDataset
from studio.data import Dataset, ExampleSet, Series, inspect, load
from studio.data.transform.symbols import tokenize

Loader = Callable[..., Dataset]
Writer = Callable[..., Path]


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def spelled(dataset: Dataset, index: int = 0) -> list[str]:
    assert isinstance(dataset, ExampleSet)
    assert dataset.symbols is not None
    return [dataset.symbols[int(code)] for code in dataset.sequence(index)[:, 0]]


def test_sentences_with_a_label_are_examples_of_words(load_text: Loader) -> None:
    dataset = load_text("text,label\n" + '"a fine, warm film",pos\nnot my kind of film,neg\n' * 2)
    assert spelled(dataset) == ["a", "fine", ",", "warm", "film"]
    assert inspect(dataset)["classes"] == {"neg": 2, "pos": 2}
    assert inspect(dataset)["task"] == "classify"


def test_names_with_a_label_are_examples_of_characters(load_text: Loader) -> None:
    dataset = load_text("Weber\tGerman\nRossi\tItalian\nBauer\tGerman\nRusso\tItalian\n", "n.tsv")
    assert spelled(dataset) == list("Weber")
    assert len(dataset) == 4


def test_first_row_whose_class_recurs_is_not_a_header(load_text: Loader) -> None:
    dataset = load_text("Weber\tde\nRossi\tit\nBauer\tde\nRusso\tit\n", "names.tsv")
    assert [column.name for column in dataset.columns] == ["column 1", "column 2"]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [("characters", list("it's é")), ("words", ["it's", "é"]),
     ("bytes", [*"it's ", "\\xc3", "\\xa9"])],
)  # fmt: skip
def test_tokens_can_be_chosen(load_text: Loader, tokens: str, expected: list[str]) -> None:
    dataset = load_text("text,label\n" + "it's é,a\nno,b\n" * 2, tokens=tokens)
    assert spelled(dataset) == expected


def test_numbers_beside_a_text_can_be_its_label(load_text: Loader) -> None:
    dataset = load_text("review,stars\n" + "a good one,5\na bad one,1\n" * 3)
    assert inspect(dataset)["classes"] == {"1": 3, "5": 3}


def test_rows_without_text_are_left_out_with_a_note(load_text: Loader) -> None:
    dataset = load_text("text,label\n" + "a b c d,x\ne f g h,y\n,x\n" * 2)
    assert len(dataset) == 4
    assert EmptyTextsLeftOut(2) in dataset.notes


def test_label_column_can_be_named(load_text: Loader) -> None:
    table = "text,source,mood\n" + "one two three,web,up\nfour five six,web,down\n" * 2
    assert inspect(load_text(table, label_column="mood"))["classes"] == {"down": 2, "up": 2}


def test_corpus_is_one_long_series_of_its_characters(load_text: Loader) -> None:
    dataset = load_text("To be, or not\nto be.\n", "play.txt")
    assert isinstance(dataset, Series)
    assert dataset.symbols is not None
    assert "".join(dataset.symbols[int(index)] for index in dataset.values[:, 0]) == (
        "To be, or not\nto be.\n"
    )
    summary = inspect(dataset)
    assert (summary["kind"], summary["task"], summary["symbols"]) == ("text", "next-token", 11)


def test_text_file_of_numbers_is_still_a_table(load_text: Loader) -> None:
    assert inspect(load_text("a b\n1 2\n3 4\n5 6\n", "numbers.txt"))["kind"] == "series"


def test_files_that_differ_in_their_suffix_are_classes(write: Writer) -> None:
    write("films.pos", "a fine film\n\nstill\u2028one line\x85\n")
    path = write("films.neg", "a dull film\n")
    dataset = read(path)
    assert inspect(dataset)["classes"] == {"neg": 1, "pos": 2}
    assert read(path.with_suffix(".pos")).name == "films"


def test_single_class_file_asks_for_the_others(write: Writer) -> None:
    with pytest.raises(DatasetError, match=r"only class.*films\.neg"):
        read(write("films.pos", "a fine film\n"))


def test_folder_per_class_and_set_is_read(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for label in ("sport", "art"):
            (tmp_path / part / label).mkdir(parents=True)
            for index in range(3):
                (tmp_path / part / label / f"{index}.txt").write_text(
                    f"{label} is what {index} says"
                )
    summary = inspect(read(tmp_path))
    assert summary["parts"] == {"train": 6, "test": 6}
    assert summary["classes"] == {"art": 6, "sport": 6}


GERMAN = "Die Straße führt über die Brücke zum Bäcker und noch ein gutes Stück weiter.\n"


def test_encoding_of_long_western_text_is_assumed_with_a_note(write: Writer) -> None:
    sentence = "The caf\u00e9 was closed \u2013 so we walked on along the river for a while.\n"
    path = write("walk.txt", (sentence * 40).encode("cp1252"))
    dataset = read(path)
    assert isinstance(dataset, Series)
    assert dataset.symbols is not None
    assert "é" in dataset.symbols
    assert EncodingAssumed("walk.txt", "cp1252") in dataset.notes


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("1 ½ – 2 ¾, and a pinch of salt\n", "cp1252"),  # too short to be sure
        ("Жили-были старик со старухой у самого синего моря.\n" * 40, "cp1251"),
        ("Zażółć gęślą jaźń, a potem idź spokojnie spać do domu, przyjacielu.\n" * 40, "cp1250"),
    ],
)
def test_unsure_encoding_is_asked_for_with_a_preview(
    write: Writer, text: str, encoding: str
) -> None:
    path = write("unsure.txt", text.encode(encoding))
    with pytest.raises(DatasetError, match=f"Set its encoding: .*{encoding} reads"):
        read(path)
    dataset = read(path, encoding=encoding)
    assert isinstance(dataset, Series)
    assert dataset.symbols is not None
    assert set(dataset.symbols) == set(text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_byte_order_mark_of_a_corpus_gives_its_encoding(write: Writer, encoding: str) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    path = write("größe.txt", marks.get(encoding, b"") + "Größe".encode(encoding))
    dataset = read(path)
    assert isinstance(dataset, Series)
    assert dataset.symbols is not None
    assert set(dataset.symbols) == set("Größe")


def test_words_keep_apostrophes_and_punctuation_is_separate() -> None:
    assert tokenize("Don't stop, Zoë!", "words") == ["Don't", "stop", ",", "Zoë", "!"]
