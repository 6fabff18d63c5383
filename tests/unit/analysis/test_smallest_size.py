"""The smallest hidden size that suffices, found by halves."""

import pytest

from studio.analysis.summaries.smallest_size import SizeTrial, SmallestSize, smallest_sentence


def trial(units: int, *, enough: bool) -> SizeTrial:
    return SizeTrial("GRU", units, 100 * units, 0.5, 0.99 if enough else 0.5)


def searched(largest: int, needed: int) -> SmallestSize:
    """A search where exactly the sizes from `needed` on suffice."""
    trials = [trial(largest, enough=largest >= needed)]
    while True:
        size = SmallestSize("GRU", tuple(sorted(trials, key=lambda each: each.hidden_size)))
        if size.next_size is None:
            return size
        trials.append(trial(size.next_size, enough=size.next_size >= needed))


@pytest.mark.parametrize("needed", range(1, 33))
def test_halves_find_the_smallest_size_in_few_rounds(needed: int) -> None:
    size = searched(32, needed)
    assert size.smallest is not None
    assert size.smallest.hidden_size == needed
    assert len(size.trials) <= 7


def test_where_the_largest_size_does_not_suffice_nothing_smaller_is_tried() -> None:
    size = searched(16, 17)
    assert (size.smallest, len(size.trials)) == (None, 1)
    assert "no GRU of up to 16 units" in smallest_sentence([size])


def test_the_best_contender_suffices_itself() -> None:
    best = SizeTrial("GRU", 8, 800, 0.5, 1.0, is_best=True)
    assert SmallestSize("GRU", (best,)).smallest == best


def test_the_answer_gives_units_and_bytes_side_by_side() -> None:
    sizes = [searched(8, 3), SmallestSize("LSTM", (trial(1, enough=True),))]
    assert smallest_sentence(sizes) == (
        "Smallest sizes that are practically as good as the best: "
        "GRU with 3 units (1.2 kB of weights); LSTM with 1 unit (0.4 kB of weights)."
    )
