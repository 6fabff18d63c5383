"""Where a dataset comes from, and how it is read."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from studio.core.settings import Spec, setting
from studio.core.steps import time_step

Tokens = Literal["characters", "words", "bytes"]


class FileDataset(Spec):
    """A dataset in a file or folder of the user's."""

    source: Literal["file"] = setting("file", "Source", "A file or folder of the user's.")
    path: str = setting(..., "File", "The file or folder that holds the data.")
    delimiter: str | None = setting(
        None, "Delimiter", "The character between columns; blank finds it.", max_length=1
    )
    header: bool | None = setting(
        None, "Header", "Whether the first row names the columns; blank finds out."
    )
    encoding: str | None = setting(
        None, "Encoding", "The text encoding, such as utf-8 or cp1252; blank tries UTF-8."
    )
    decimal: Literal[".", ","] | None = setting(
        None, "Decimal mark", "The mark inside numbers; blank finds it."
    )
    sheet: str | None = setting(
        None, "Sheet", "The sheet of an Excel workbook; blank takes the first."
    )
    id_column: str | None = setting(
        None,
        "Id column",
        "The column that tells the sequences of a long table apart; blank finds it.",
        group="Roles",
    )
    time_column: str | None = setting(
        None, "Time column", "The column that orders the steps; blank finds it.", group="Roles"
    )
    label_column: str | None = setting(
        None, "Label column", "The column with the classes; blank finds it.", group="Roles"
    )
    group_column: str | None = setting(
        None,
        "Group column",
        "The column that says whose an example is, such as speaker; blank finds it.",
        group="Roles",
    )
    resample: str | None = setting(
        None,
        "Resample",
        "The step that a series with a date or time column is brought to, such as 15min, 1h or "
        "1d: the mean of what lies in each step, a gap where nothing does; blank keeps its rows.",
        group="Roles",
    )
    labels: str | None = setting(
        None,
        "Label table",
        "A table of names and labels beside a FASTA file; blank takes them from its headers.",
        group="Roles",
    )
    tokens: Tokens | None = setting(
        None,
        "Tokens",
        "What a text is cut into; blank takes words for sentences and characters otherwise.",
        group="Text",
    )
    mels: int = setting(
        40, "Mel bands", "Bands of the spectrum of a recording.", group="Audio", ge=4, le=256
    )
    frame_ms: float = setting(
        25.0, "Frame", "Length of the piece that one spectrum is computed from.",
        unit="ms", group="Audio", ge=2, le=1000,
    )  # fmt: skip
    hop_ms: float = setting(
        10.0, "Hop", "Time from one spectrum to the next.",
        unit="ms", group="Audio", ge=1, le=1000,
    )  # fmt: skip
    sample_rate: int | None = setting(
        None,
        "Sample rate",
        "The rate that recordings are brought to; blank takes the lowest among them.",
        unit="Hz", group="Audio", ge=1000, le=384_000,
    )  # fmt: skip

    @field_validator("resample")
    @classmethod
    def _is_a_step(cls, resample: str | None) -> str | None:
        if not resample:
            return None
        time_step(resample)
        return resample


class GeneratedDataset(Spec):
    """A dataset that the program generates; each generator names its own parameters."""

    source: Literal["generated"] = setting("generated", "Source", "Data that the program makes.")
    generator: str = setting(..., "Generator", "Which generator makes the data.")
    parameters: dict[str, float | int | str | bool] = setting(
        {}, "Parameters", "The generator's parameters that differ from its defaults."
    )


DatasetSpec = Annotated[FileDataset | GeneratedDataset, Field(discriminator="source")]
