"""Settings in which the files of one folder must agree, whatever each alone would suggest."""

from collections import defaultdict
from collections.abc import Sequence

from studio.core.decisions import ReadingDecision
from studio.core.specs.dataset_spec import FileDataset

_AGREED = ("decimal", "dates")


def disputed_settings(
    decisions: Sequence[tuple[ReadingDecision, ...]], spec: FileDataset
) -> dict[str, str]:
    """The surest value of each setting that files were read with in different ways.

    A date such as 03/04/2024 is read alike in all files where one of them proves the order.

    Args:
        decisions: Those of each file.
        spec: The settings, where one that is set is not disputed.
    """
    surest: dict[str, dict[str, float]] = defaultdict(dict)
    for own in decisions:
        for at in own:
            if at.name in _AGREED and getattr(spec, at.name) is None:
                values = surest[at.name]
                values[at.value] = max(at.sure, values.get(at.value, 0.0))
    return {
        name: max(values, key=lambda value: values[value])
        for name, values in surest.items()
        if len(values) > 1 and len(set(values.values())) > 1
    }


def differs(decisions: tuple[ReadingDecision, ...], agreed: dict[str, str]) -> bool:
    """Whether a file was read with another value of one of these settings."""
    return any(at.name in agreed and at.value != agreed[at.name] for at in decisions)


def surest_of_each(decisions: Sequence[tuple[ReadingDecision, ...]]) -> tuple[ReadingDecision, ...]:
    """The surest decision of each name among those of all files, in the order of the first file."""
    surest: dict[str, ReadingDecision] = {}
    for own in decisions:
        for at in own:
            known = surest.get(at.name)
            if known is None or at.sure > known.sure:
                surest[at.name] = at
    return tuple(surest.values())
