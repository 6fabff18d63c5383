"""Options that compare and tune have in common."""

from pathlib import Path
from typing import Annotated

import typer

Cells = Annotated[
    str | None,
    typer.Option(
        metavar="A,B",
        help="Cells of the contenders: gru, lstm, rnn, coupled-lstm, tcn. Default: gru,lstm.",
    ),
]
ClusterToUse = Annotated[
    str | None,
    typer.Option(
        help="Train on the cluster at this address; see gate-studio cluster.", metavar="ADDRESS"
    ),
]
CertificateToUse = Annotated[
    Path | None,
    typer.Option(
        help="The certificate of that cluster. Default: the one in the folder of settings.",
        metavar="FILE",
    ),
]
DataOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="Setting for reading a file or for a generator, such as encoding=cp1252.",
    ),
]
Static = Annotated[
    str | None,
    typer.Option(
        metavar="A,B",
        help="Columns of a long table that do not change within a sequence and that the "
        "networks read, such as a size or a site. The same as --data-option static=A,B. "
        "Default: none.",
    ),
]
Out = Annotated[Path | None, typer.Option(metavar="SESSION.gates", help="The session file.")]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace the session file if it exists; a backup is kept."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
