"""Patterns for labels in file names: what is proposed, and what a pattern takes from a name."""

from itertools import product

import pytest

from studio.data.folders.name_patterns import parse_pattern
from studio.data.folders.proposed_patterns import propose_pattern

TAKES = "0123456789"

PROPOSED = {
    "{label}_{speaker}_*": ([*product("0123", ("ann", "bob"), TAKES)], "_", True),
    "{label}_{subject}_*": ([*product(("walk", "run"), ("s01", "s02"), TAKES)], "_", False),
    "{subject}-{label}-*": ([*product(("subject1", "subject2"), ("a", "b"), "123")], "-", False),
    "rec_*_{label}": ([("rec", f"{at:02}", "ab"[at % 2]) for at in range(20)], "_", False),
    "{label}.*": ([*product(("walk", "run"), TAKES)], ".", False),
    "{label}*": ([(label + take,) for label, take in product(("walk", "run"), TAKES)], "_", False),
}  # fmt: skip


@pytest.mark.parametrize("pattern", PROPOSED)
def test_pattern_is_proposed_from_what_names_have_in_common(pattern: str) -> None:
    parts, separator, heard = PROPOSED[pattern]
    found = propose_pattern([separator.join(at) for at in parts], heard=heard)
    assert found.pattern == pattern
    assert 0 < found.sure < 1


UNLABELLED = {
    "counted": [f"store_{at}" for at in range(20)],
    "cities and years": [f"{city}_{at}" for city in ("rome", "oslo") for at in range(2000, 2010)],
    "subjects": [f"s{subject}_{take}" for subject in range(3) for take in range(5)],
    "numbers": [str(at) for at in range(20)],
    "dates": [f"2024-01-{day:02}" for day in range(1, 31)],
    "one name": ["recording"],
}  # fmt: skip


@pytest.mark.parametrize("case", UNLABELLED)
def test_nothing_is_proposed_where_no_part_repeats_as_a_class_would(case: str) -> None:
    assert not propose_pattern(UNLABELLED[case]).pattern


def test_names_of_unequal_parts_are_labelled_by_their_first_word() -> None:
    names = [f"walk_up_{at}" for at in range(5)] + [f"run_{at}" for at in range(5)]
    found = propose_pattern(names)
    assert (found.pattern, found.sure) == ("{label}_*", 0.6)


@pytest.mark.parametrize(
    ("pattern", "name", "parts"),
    [
        ("{label}_{speaker}_*", "0_george_7.wav", ("0", "george")),
        ("*_{label}", "take_3_walk.csv", ("walk",)),
        ("*_{label}_*", "a_b_c.csv", ("b",)),
        ("*_*_{label}_*", "a_b_c_d_e.csv", ("c",)),
        ("{label}*", "walk12.csv", ("walk",)),
        ("s{subject}-{label}", "s12-run.csv", ("12", "run")),
        ("{label}", "walk_1.csv", ("walk_1",)),
        ("{subject}/{label}/*", "s1/run/3.csv", ("s1", "run")),
        ("{label}-*.csv", "run-3.csv", ("run",)),
        ("{label}-*.csv", "run-3.wav", None),
        ("{label}_*", "run.csv", None),
        ("{label} (*)", "run (3).csv", ("run",)),
        ("{label}.v[1]", "run.v[1].csv", ("run",)),
    ],
)
def test_pattern_takes_its_parts_from_a_name(
    pattern: str, name: str, parts: tuple[str, ...] | None
) -> None:
    assert parse_pattern(pattern).match(name) == parts
