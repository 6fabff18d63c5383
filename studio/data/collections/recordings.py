"""Recordings with their labels, from a folder or from a table of paths, as examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Column, ExampleSet
from studio.data.files.cache import Cache
from studio.data.transform.audio import log_mel_features
from studio.data.transform.labels import Labels


@dataclass(frozen=True, eq=False)
class RecordingList:
    """Recordings with their labels, before the audio is read."""

    name: str
    source: str
    paths: Sequence[Path]
    labels: Labels
    groups: dict[str, NDArray[np.str_]]
    in_test: NDArray[np.bool_] | None = None


def read_recordings(listing: RecordingList, spec: FileDataset, cache: Cache | None) -> ExampleSet:
    """The log-mel features and labels of all recordings.

    Raises:
        DatasetError: A recording is damaged, empty or too long.
    """
    values, lengths = log_mel_features(listing.paths, spec, cache)
    channels = tuple(Column(f"mel {index + 1}", "feature") for index in range(values.shape[1]))
    labels, names = listing.labels
    missing = int(np.sum(np.isnan(labels) if names is None else labels < 0))
    targets: tuple[Column, ...] = (Column("class", "label", "text", missing=missing),)
    if names is None:
        count = np.asarray(labels).shape[1]
        targets = (Column("target", "target", missing=missing),) * count
    examples = ExampleSet(
        name=listing.name,
        source=listing.source,
        columns=(*channels, *targets),
        channels=channels,
        values=values,
        lengths=lengths,
        labels=labels,
        class_names=names,
        in_test=listing.in_test,
    )
    return examples.with_groups(listing.groups)
