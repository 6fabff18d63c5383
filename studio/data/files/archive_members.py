"""Which member of an archive is read."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError

_OFFICE = frozenset({"[Content_Types].xml", "mimetype"})
_ABOUT = re.compile(r"(read[-_ ]?me|licen[cs]e|about|description|changelog|notes?)\b.*",
                    re.IGNORECASE)  # fmt: skip
_SOUNDS = (".wav", ".flac")
_PART = re.compile(r"(?P<stem>.*)_(?P<part>train|test)(?P<suffix>\.\w+)", re.IGNORECASE)
_OTHER = {"train": "test", "test": "train"}
_MOST_NAMED = 12
_MOST_MEMBERS = 100_000


@dataclass(frozen=True)
class MemberChoice:
    """Members of an archive that are read.

    Attributes:
        names: The member, then its TRAIN or TEST counterpart if there is one.
        decisions: Why it is this one.
        member: The setting `member` as far as it does not name a member.
    """

    names: tuple[str, ...]
    decisions: tuple[ReadingDecision, ...]
    member: str | None


def choose_member(
    archive: str, sizes: Mapping[str, int], wanted: str | None, suffixes: Collection[str]
) -> MemberChoice:
    """The member that is set, the only one that holds data, or the likeliest.

    Args:
        archive: The name of the archive, for messages.
        sizes: Its members, with their sizes in bytes.
        wanted: The setting `member`.
        suffixes: Suffixes of the files that can be read.

    Raises:
        DatasetError: It holds no data, or recordings, which are read from a folder.
        SpecError: There is no such member.
    """
    if _OFFICE & sizes.keys():
        raise DatasetError(
            "is a document, not an archive of data", where=archive,
            remedy="Save it as an Excel workbook (.xlsx) or CSV",
        )  # fmt: skip
    data = _data_members(archive, sizes, suffixes)
    if wanted is not None:
        named = [name for name in sizes if wanted in {name, PurePosixPath(name).name}]
        if named:
            names = (named[0], *_counterpart(named[0], sizes))
            return MemberChoice(names, (set_by_user("member", named[0]),), None)
        if len(data) > 1:
            raise SpecError(
                f"{archive} has no member '{wanted}'", where="member",
                remedy=f"Choose one of {_listed(data)}",
            )  # fmt: skip
    ranked = sorted(data, key=lambda name: _rank(name, sizes))
    chosen = ranked[0]
    pair = _counterpart(chosen, sizes)
    others = tuple(name for name in ranked if name != chosen and name not in pair)
    decision = _decision(chosen, pair, others, sizes)
    return MemberChoice((chosen, *pair), (decision,), wanted)


def _data_members(archive: str, sizes: Mapping[str, int], suffixes: Collection[str]) -> list[str]:
    files = [name for name in list(sizes)[:_MOST_MEMBERS] if not _is_hidden(name)]
    data = [
        name
        for name in files
        if _suffix(name) in suffixes and not _ABOUT.fullmatch(PurePosixPath(name).name)
    ]
    tables = [name for name in data if _suffix(name) not in _SOUNDS]
    if data and not tables:
        raise DatasetError(
            f"holds {len(data):,} recordings", where=archive,
            remedy="Unpack it and open the folder, with a subfolder for each class",
        )  # fmt: skip
    if not tables and len(files) == 1:
        return files
    if not tables:
        raise DatasetError(
            f"holds no file of data, but {_listed(files) or 'nothing'}",
            where=archive,
            remedy="Unpack it, and choose a file",
        )
    return tables


def _is_hidden(name: str) -> bool:
    parts = (
        part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {".", ".."}
    )
    return any(part.startswith((".", "__MACOSX")) for part in parts)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _rank(name: str, sizes: Mapping[str, int]) -> tuple[bool, bool, bool, int, str]:
    """The TRAIN file of a pair first, as .ts if there is one; then the largest."""
    match = _PART.fullmatch(PurePosixPath(name).name)
    is_pair = match is not None and bool(_counterpart(name, sizes))
    is_train = match is not None and match["part"].lower() == "train"
    return not is_pair, _suffix(name) != ".ts", not is_train, -sizes[name], name


def _counterpart(name: str, sizes: Mapping[str, int]) -> tuple[str, ...]:
    path = PurePosixPath(name)
    match = _PART.fullmatch(path.name)
    if match is None:
        return ()
    wanted = f"{match['stem']}_{_OTHER[match['part'].lower()]}{match['suffix']}".lower()
    beside = (
        other
        for other in sizes
        if PurePosixPath(other).parent == path.parent
        and PurePosixPath(other).name.lower() == wanted
    )
    return tuple(beside)[:1]


def _decision(
    chosen: str, pair: tuple[str, ...], others: tuple[str, ...], sizes: Mapping[str, int]
) -> ReadingDecision:
    if not others:
        evidence = "the only file of data in the archive"
        if pair:
            evidence = f"it and {pair[0]} are the only files of data in the archive"
        return ReadingDecision("member", chosen, 1.0, evidence)
    if pair:
        evidence = f"it and {pair[0]} are a training and a test set, beside {len(others)} others"
        return ReadingDecision("member", chosen, 0.85, evidence, others[:_MOST_NAMED])
    evidence = (
        f"it is the largest of {len(others) + 1:,} files of data, {sizes[chosen]:,} bytes; "
        "unpacked, the folder may be read as one dataset"
    )
    return ReadingDecision("member", chosen, 0.5, evidence, others[:_MOST_NAMED])


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + ", ..." * (len(names) > _MOST_NAMED)
