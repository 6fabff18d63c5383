"""Where a dataset comes from, and how it is read."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from studio.core.specs.settings import Spec, setting
from studio.core.time_step import time_step

Tokens = Literal["characters", "words", "bytes"]
Layout = Literal["columns", "rows", "long", "examples"]

SHORT_NAMES = {
    "id": "id_column",
    "time": "time_column",
    "label": "label_column",
    "group": "group_column",
    "static": "static_columns",
}
"""Names by which options and experiment files may give these fields."""


class FileDataset(Spec):
    """A dataset in a file or folder."""

    source: Literal["file"] = setting("file", "Source", "A file or folder.")
    path: str = setting(..., "File", "The file or folder with the data.")
    files: str | None = setting(
        None,
        "Files",
        "Which files of a folder are read: names or patterns such as *.csv, separated by commas.",
        unset="all",
    )
    delimiter: str | None = setting(
        None, "Delimiter", "Character that separates columns.", unset="detected", max_length=1
    )
    header: bool | None = setting(
        None, "Header", "Whether the first row holds the column names.", unset="detected"
    )
    skip_rows: int | None = setting(
        None, "Lines to skip", "Lines above the table, before its header.", unset="detected",
        ge=0, le=10_000,
    )  # fmt: skip
    skip_footer: int | None = setting(
        None, "Lines to skip at the end", "Lines below the table.", unset="detected", ge=0,
        le=1000,
    )  # fmt: skip
    header_rows: int | None = setting(
        None,
        "Header rows",
        "Rows that name the columns; a row of units counts as one. 0: no header.",
        unset="detected", ge=0, le=8,
    )  # fmt: skip
    encoding: str | None = setting(
        None, "Encoding", "Text encoding, such as utf-8 or cp1252.", unset="UTF-8"
    )
    decimal: Literal[".", ","] | None = setting(
        None, "Decimal mark", "Decimal mark of numbers.", unset="detected"
    )
    thousands: Literal["none", ",", ".", " ", "'", "_"] | None = setting(
        None, "Thousands mark", "Mark between groups of three digits.", unset="detected"
    )
    marks: Literal["strip", "keep"] | None = setting(
        None,
        "Marks on numbers",
        "Whether currencies, units and factors such as K and M beside numbers are removed.",
        unset="detected",
    )
    na_values: str | None = setting(
        None,
        "Missing-value marks",
        "Further cells that stand for a missing value, separated by commas, such as -9999,M.",
        unset="the usual marks",
    )
    dates: str | None = setting(
        None,
        "Date format",
        "day-first, month-first, year-first, unix, unix-ms, excel, none, or a format such as "
        "%d.%m.%Y %H:%M.",
        unset="detected",
    )
    zone: str | None = setting(
        None,
        "Time zone",
        "Time zone of dates without one, such as Europe/Berlin. Dates are converted to UTC.",
        unset="none",
    )
    layout: Layout | None = setting(
        None,
        "Layout",
        "columns: a series in each column. rows: a series in each row. long: a row for each step "
        "of each series. examples: an example in each row.",
        unset="detected",
    )
    axes: str | None = setting(
        None,
        "Axes",
        "Order of an array's axes, such as examples,channels,time.",
        unset="detected",
    )
    order: Literal["as-is", "by-time"] | None = setting(
        None, "Order", "Whether rows are put in order of time.", unset="detected"
    )
    ignore: str | None = setting(
        None, "Ignored columns", "Columns that are not used, separated by commas.",
        group="Roles", unset="none",
    )  # fmt: skip
    member: str | None = setting(
        None, "Archive member", "File of a ZIP archive.", unset="the only one"
    )
    sheet: str | None = setting(
        None, "Sheet", "Sheet of an Excel workbook.", unset="the first sheet"
    )
    id_column: str | None = setting(
        None,
        "ID column",
        "Column that identifies the sequences of a long table; several are separated by commas.",
        group="Roles", unset="detected",
    )  # fmt: skip
    time_column: str | None = setting(
        None,
        "Time column",
        "Column that orders the time steps; a date and a time column are joined by a plus sign.",
        group="Roles",
        unset="detected",
    )
    label_column: str | None = setting(
        None,
        "Label column",
        "Column with the labels; in a folder, a pattern for file names such as "
        "{label}_{speaker}_*.",
        group="Roles",
        unset="detected",
    )
    group_column: str | None = setting(
        None,
        "Group column",
        "Column that says which group an example belongs to, such as the speaker.",
        group="Roles",
        unset="detected",
    )
    static_columns: str | None = setting(
        None,
        "Static columns",
        "Columns of a long table that do not change within a sequence and that the networks read, "
        "such as a size or a site, separated by commas.",
        group="Roles",
        unset="none",
    )
    resample: str | None = setting(
        None,
        "Resample",
        "Regular time step for a series with a date or time column, such as 15min, 1h or 1d. "
        "Rows are averaged within each step; a step without rows becomes a missing value.",
        group="Roles",
        unset="off",
    )
    labels: str | None = setting(
        None,
        "Label table",
        "Table of names and labels for a FASTA file.",
        group="Roles",
        unset="from the headers",
    )
    tokens: Tokens | None = setting(
        None,
        "Tokens",
        "What a text is split into. Automatic: words for sentences, otherwise characters.",
        group="Text",
    )
    mels: int = setting(
        40, "Mel bands", "Mel bands of an audio spectrum.", group="Audio", ge=4, le=256
    )
    frame_ms: float = setting(
        25.0, "Frame length", "Length of the audio frame behind each spectrum.",
        unit="ms", group="Audio", ge=2, le=1000,
    )  # fmt: skip
    hop_ms: float = setting(
        10.0, "Hop length", "Time between the starts of successive audio frames.",
        unit="ms", group="Audio", ge=1, le=1000,
    )  # fmt: skip
    sample_rate: int | None = setting(
        None,
        "Sample rate",
        "Sample rate that all recordings are converted to.",
        unit="Hz", group="Audio", unset="the lowest in the data", ge=1000, le=384_000,
    )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _accept_short_names(cls, values: Any) -> Any:  # noqa: ANN401 - what pydantic is given
        if not isinstance(values, dict):
            return values
        return {SHORT_NAMES.get(name, name): value for name, value in values.items()}

    @field_validator("resample")
    @classmethod
    def _is_a_time_step(cls, resample: str | None) -> str | None:
        if not resample:
            return None
        time_step(resample)
        return resample


class GeneratedDataset(Spec):
    """A dataset that the program generates; each generator has its own parameters."""

    source: Literal["generated"] = setting("generated", "Source", "Generated data.")
    generator: str = setting(..., "Generator", "The generator that makes the data.")
    parameters: dict[str, float | int | str | bool] = setting(
        {}, "Parameters", "Parameters of the generator that differ from its defaults."
    )


DatasetSpec = Annotated[FileDataset | GeneratedDataset, Field(discriminator="source")]
