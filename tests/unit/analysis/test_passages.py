"""Passages against a loop over every step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.analysis.gates.dataset.passages import (
    GateCondition,
    aligned,
    class_shares,
    column_sums,
    find_passages,
)

CONDITIONS = st.builds(
    GateCondition,
    st.sampled_from(["update", "h"]),
    st.integers(0, 1),
    st.booleans(),
    st.sampled_from([0.3, 0.5, 0.7]),
    st.integers(1, 4),
)


def by_loop(
    traces: dict[tuple[str, int], np.ndarray], lengths: np.ndarray, asked: list[GateCondition]
) -> list[tuple[int, int, int]]:
    """Steps, example and first step of each passage."""
    found = []
    for example, length in enumerate(lengths):
        holds = [True] * length
        for each in asked:
            values = traces[each.name, each.unit][example, :length]
            own = [v > each.value if each.is_above else v < each.value for v in values]
            step = 0
            while step < length:
                end = step
                while end < length and own[end]:
                    end += 1
                if end - step < each.steps:
                    own[step:end] = [False] * (end - step)
                step = max(end, step + 1)
            holds = [a and b for a, b in zip(holds, own, strict=True)]
        start = None
        for step, is_held in enumerate([*holds, False]):
            if is_held and start is None:
                start = step
            elif not is_held and start is not None:
                found.append((-(step - start), example, start))
                start = None
    return sorted(found)


@settings(max_examples=80, deadline=None)
@given(st.lists(CONDITIONS, min_size=1, max_size=3), st.integers(0, 1000))
def test_passages_are_those_of_a_loop_over_every_step(
    asked: list[GateCondition], seed: int
) -> None:
    generator = np.random.default_rng(seed)
    traces = {
        (name, unit): generator.random((6, 12)) for name in ("update", "h") for unit in (0, 1)
    }
    lengths = generator.integers(1, 13, 6)
    found = find_passages(traces, lengths, asked)
    rows = zip(-found.steps, found.examples, found.first, strict=True)
    assert [tuple(map(int, row)) for row in rows] == by_loop(traces, lengths, asked)


def test_shares_and_means_are_those_of_the_steps_in_and_outside_the_passages() -> None:
    generator = np.random.default_rng(3)
    values, lengths = generator.random((20, 9)), generator.integers(3, 10, 20)
    inputs, classes = generator.normal(size=(20, 9, 2)), generator.integers(0, 3, 20)
    found = find_passages(
        {("h", 0): values}, lengths, [GateCondition("h", 0, is_above=True, value=0.5, steps=2)]
    )
    shares = class_shares(found.mask, classes, lengths, 3)
    steps = [(e, t) for e in range(20) for t in range(9) if found.mask[e, t]]
    for number in range(3):
        expected = np.mean([classes[example] == number for example, _ in steps])
        assert shares[0, number] == pytest.approx(expected)
        assert shares[1, number] == pytest.approx(lengths[classes == number].sum() / lengths.sum())
    sums = column_sums(inputs, found.mask, lambda rows, _: 10 * np.asarray(rows, np.float64))
    assert np.allclose(sums, 10 * sum(inputs[example, step] for example, step in steps))


def test_inputs_are_aligned_at_the_start_of_each_passage() -> None:
    values = np.arange(24.0).reshape(2, 12)
    lengths = np.array([12, 5])
    found = find_passages(
        {("h", 0): values}, lengths, [GateCondition("h", 0, is_above=True, value=1.5)]
    )
    rows = aligned(values, lengths, found, 3, 4)
    assert found.first.tolist() == [2, 0]
    assert rows[0].tolist()[1:] == [0, 1, 2, 3, 4, 5]
    assert np.isnan(rows[0, 0])
    assert rows[1, 3:].tolist() == [12, 13, 14, 15]
    assert np.isnan(rows[1, :3]).all()
