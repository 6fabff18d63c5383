"""Checkpoint retention: the epochs whose weights are kept."""

from hypothesis import given
from hypothesis import strategies as st

from studio.sessions import epochs_to_keep

SIZES = st.dictionaries(st.integers(0, 300), st.integers(1, 50), min_size=1)


def after(epochs: int, best: int, budget: int = 10**9) -> list[int]:
    """The kept epochs of a run, each of size 1."""
    kept: frozenset[int] = frozenset({0})
    for epoch in range(1, epochs + 1):
        sizes = dict.fromkeys(kept | {epoch}, 1)
        kept = epochs_to_keep(sizes, min(best, epoch), budget)
    return sorted(kept)


def test_kept_epochs_are_spaced_logarithmically() -> None:
    assert after(40, best=1) == [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40]


def test_the_best_epoch_is_always_kept() -> None:
    assert 29 in after(40, best=29)
    assert 28 not in after(40, best=29)


def test_a_tight_budget_thins_the_epochs_where_they_are_densest() -> None:
    kept = after(1000, best=1000, budget=6)
    assert len(kept) == 6
    assert kept[0] == 0
    assert kept[-1] == 1000
    assert max(kept[1:-1]) > 100


def test_without_epochs_nothing_is_kept() -> None:
    assert epochs_to_keep({}, None, 100) == frozenset()


@given(SIZES, st.data(), st.integers(0, 500))
def test_untrained_best_and_last_are_kept_under_any_budget(
    sizes: dict[int, int], data: st.DataObject, budget: int
) -> None:
    best = data.draw(st.sampled_from(sorted(sizes)))
    kept = epochs_to_keep(sizes, best, budget)
    fixed = {0, best, max(sizes)} & set(sizes)
    assert fixed <= kept <= set(sizes)
    assert kept == fixed or sum(sizes[epoch] for epoch in kept) <= budget
