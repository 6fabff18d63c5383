from hypothesis import given
from hypothesis import strategies as st
from support import toy_task

from studio.core.results.model_size import size_of
from studio.core.specs.comparison_spec import ContenderSpec
from studio.runs.planning.matching import match_contenders

PREPARATION = toy_task().preprocessing
SIZES = st.integers(1, 300)


@given(SIZES, st.sampled_from(["lstm", "rnn"]), st.integers(1, 3))
def test_no_other_hidden_size_comes_closer_in_parameters(size: int, cell: str, layers: int) -> None:
    first = ContenderSpec(name="A", cell="gru", hidden_size=size)
    other = ContenderSpec(name="B", cell=cell, num_layers=layers)
    _, matched = match_contenders((first, other), "parameters", PREPARATION)
    wanted = size_of(first, PREPARATION).parameters

    def miss(hidden: int) -> int:
        spec = other.model_copy(update={"hidden_size": hidden})
        return abs(size_of(spec, PREPARATION).parameters - wanted)

    best = matched.hidden_size
    assert all(miss(best) <= miss(near) for near in range(max(1, best - 2), best + 3))


@given(SIZES, st.integers(1, 3), st.integers(2, 5), st.integers(1, 40))
def test_no_other_number_of_channels_comes_closer_in_parameters(
    size: int, levels: int, kernel_size: int, channels: int
) -> None:
    """Where channels and inputs are as many, the network is smaller than with one channel less."""
    names = tuple(map(str, range(channels)))
    preprocessing = PREPARATION.model_copy(update={"input_names": names})
    first = ContenderSpec(name="A", cell="gru", hidden_size=size)
    other = ContenderSpec(name="B", cell="tcn", num_layers=levels, kernel_size=kernel_size)
    _, matched = match_contenders((first, other), "parameters", preprocessing)
    wanted = size_of(first, preprocessing).parameters
    misses = [
        abs(
            size_of(other.model_copy(update={"hidden_size": hidden}), preprocessing).parameters
            - wanted
        )
        for hidden in range(1, 700)
    ]
    assert misses[matched.hidden_size - 1] == min(misses)


def test_a_convolutional_network_is_matched_within_a_few_per_cent() -> None:
    contenders = (
        ContenderSpec(name="A", cell="gru", hidden_size=64),
        ContenderSpec(name="B", cell="tcn", num_layers=4),
    )
    for match in ("parameters", "compute"):
        gru, tcn = (
            size_of(c, PREPARATION) for c in match_contenders(contenders, match, PREPARATION)
        )
        measured = ("parameters", "macs")[match == "compute"]
        assert abs(getattr(tcn, measured) / getattr(gru, measured) - 1) < 0.05


def test_same_compute_gives_the_lstm_fewer_units_than_the_gru() -> None:
    gru = ContenderSpec(name="A", cell="gru", hidden_size=64)
    lstm = ContenderSpec(name="B", cell="lstm", hidden_size=64)
    _, matched = match_contenders((gru, lstm), "compute", PREPARATION)
    ratio = size_of(matched, PREPARATION).macs / size_of(gru, PREPARATION).macs
    assert matched.hidden_size < 64
    assert abs(ratio - 1) < 0.05


def test_hidden_match_leaves_contenders_as_they_were_set() -> None:
    contenders = (ContenderSpec(name="A"), ContenderSpec(name="B", cell="lstm", hidden_size=9))
    assert match_contenders(contenders, "hidden", PREPARATION) == contenders


def test_matching_what_is_matched_changes_nothing() -> None:
    contenders = (ContenderSpec(name="A"), ContenderSpec(name="B", cell="lstm"))
    once = match_contenders(contenders, "parameters", PREPARATION)
    assert match_contenders(once, "parameters", PREPARATION) == once
