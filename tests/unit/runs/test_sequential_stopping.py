"""Seeds are added at interim looks until a verdict, and earlier runs stay unchanged."""

from pathlib import Path

import pytest
from running import (
    begin,
    events_until_end,
    losses,
    run_to_end,
    small_spec,
    whole_history,
    workspace,
)

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.planning.sequential_stopping import is_decided, next_seeds, until_decided


def open_question(**changes: object) -> ComparisonSpec:
    """Two seeds first, then four; two equal networks that beat the mean are inconclusive."""
    spec = small_spec(epochs=12, seeds=2, lr=0.02)
    gru = spec.contenders[0]
    twins = (gru, gru.model_copy(update={"name": "Twin", "dropout": 0.2}))
    update = {"contenders": twins, "looks": (2, 4), "margin": 1e-6, **changes}
    return spec.model_copy(update=update)


def test_planned_looks_start_with_the_seeds_and_end_with_the_maximum() -> None:
    spec = small_spec(seeds=3)
    assert until_decided(spec).looks == (3, 5, 8, 12, 20)
    assert until_decided(spec, 10).looks == (3, 5, 8, 10)
    assert until_decided(small_spec(seeds=1)).training.seeds == 3
    assert until_decided(small_spec(seeds=6)).looks == (6, 8, 12, 20)
    assert until_decided(small_spec(seeds=30), 25).looks == (25,)


@pytest.mark.parametrize("looks", [(3, 3), (5, 3), (1, 2), (4, 5)])
def test_looks_must_increase_and_include_the_seeds(looks: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"numbers? of seeds"):
        ComparisonSpec.model_validate({**small_spec(seeds=2).model_dump(), "looks": looks})


def test_inconclusive_seeds_are_followed_by_those_of_the_next_look(tmp_path: Path) -> None:
    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        running = begin(work, open_question())
        events_until_end(events)
        first = work.history(running.comparison)
        assert (is_decided(first), next_seeds(first)) == (False, 4)
        work.extend(running.comparison, 4)
        events_until_end(events)
        second = work.history(running.comparison)
    assert second.is_complete
    assert [run.run.seed for run in second.contenders[0].runs] == [1, 2, 3, 4]
    assert next_seeds(second) is None  # the last look was taken


def test_added_runs_equal_those_of_a_comparison_that_had_them_from_the_start(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path / "s.gates") as work:
        events = work.subscribe()
        running = begin(work, small_spec(seeds=1))
        events_until_end(events)
        work.extend(running.comparison, 2)
        events_until_end(events)
        history = work.history(running.comparison)
    assert losses(history) == losses(whole_history(tmp_path / "both.gates", small_spec(seeds=2)))


def test_seeds_can_be_added_to_a_reopened_session(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        running, _ = run_to_end(work, small_spec(seeds=1))
    with workspace(path) as work:
        events = work.subscribe()
        work.extend(running.comparison, 2)
        events_until_end(events)
        assert work.history(running.comparison).is_complete


def test_a_comparison_without_planned_looks_never_continues(tmp_path: Path) -> None:
    assert next_seeds(whole_history(tmp_path / "s.gates", open_question(looks=None))) is None


def test_a_decided_comparison_does_not_continue(tmp_path: Path) -> None:
    same = open_question(margin=1000.0)
    history = whole_history(tmp_path / "s.gates", same)
    assert is_decided(history)
    assert next_seeds(history) is None
