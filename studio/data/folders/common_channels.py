"""Matches the channels of recordings by name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.data.dataset import Column
from studio.data.folders.recording import Recording

_LIKELY = 0.85
_FEW = 0.25
"""A column that no more than this share of the files has is left out."""


def with_common_channels(
    recordings: tuple[Recording, ...],
) -> tuple[tuple[Recording, ...], tuple[ReadingDecision, ...]]:
    """The recordings with the channels that all but few files have, in one order.

    Raises:
        DatasetError: A file lacks one of them.
    """
    names = [tuple(column.name for column in at.channels) for at in recordings]
    counts = Counter(name for own in names for name in own)
    few = len(recordings) * _FEW
    wanted = tuple(
        dict.fromkeys(name for own in dict.fromkeys(names) for name in own if counts[name] > few)
    )
    for recording, own in zip(recordings, names, strict=True):
        _refuse_lack(recording, own, wanted, counts)
    extra = [name for name in counts if name not in wanted]
    ordered = [
        at if own == wanted else _ordered(at, own, wanted)
        for at, own in zip(recordings, names, strict=True)
    ]
    return tuple(ordered), _left_out(extra, counts, len(recordings))


def _left_out(
    extra: Sequence[str], counts: Counter[str], total: int
) -> tuple[ReadingDecision, ...]:
    """That columns of few files are ignored."""
    if not extra:
        return ()
    most = max(counts[name] for name in extra)
    verb = "has" if most == 1 else "have"
    what = f"the column '{extra[0]}'" if len(extra) == 1 else f"any of {len(extra)} further columns"
    evidence = f"only {most:,} of {total:,} files {verb} {what}"
    return (ReadingDecision("ignore", ",".join(extra), _LIKELY, evidence),)


def _refuse_lack(
    recording: Recording,
    own: tuple[str, ...],
    wanted: tuple[str, ...],
    counts: Counter[str],
) -> None:
    lacking = next((name for name in wanted if name not in own), None)
    if not wanted or lacking is not None:
        listed = ", ".join(own[:4])
        unused = any(at.name == lacking for at in recording.others)
        what = (
            f"has the columns {listed}, which hardly any other file has"
            if lacking is None
            else f"has no numbers in the column '{lacking}'"
            if unused
            else f"has no column '{lacking}', which {_others(counts[lacking])}"
        )
        raise DatasetError(
            what,
            where=recording.name,
            remedy="Name the column alike in all files, or leave files out by the setting files",
        )


def _others(count: int) -> str:
    return "another file has" if count == 1 else f"{count:,} other files have"


def _ordered(recording: Recording, own: tuple[str, ...], wanted: tuple[str, ...]) -> Recording:
    order = [own.index(name) for name in wanted]
    return replace(
        recording,
        channels=tuple(recording.channels[at] for at in order),
        values=np.ascontiguousarray(recording.values[:, order]),
    )


def merged_channels(recordings: Sequence[Recording]) -> tuple[Column, ...]:
    """The channels with the missing cells of all files."""
    channels = []
    for index, column in enumerate(recordings[0].channels):
        own = [at.channels[index] for at in recordings if at.channels[index].missing]
        first = own[0].first_missing if own else ""
        missing = sum(at.missing for at in own)
        channels.append(replace(column, missing=missing, first_missing=first))
    return tuple(channels)
