import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.cells import CELLS
from studio.core.results.record import ModelSize
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec, GeneratedDataset
from studio.gui.pages.models.view import contenders as edits

SPEC = ComparisonSpec(dataset=GeneratedDataset(generator="adding"))
cells = st.sampled_from(list(CELLS))


def names(spec: ComparisonSpec) -> list[str]:
    return [contender.name for contender in spec.contenders]


@given(cells, st.integers(1, 500), st.integers(1, 4), st.booleans())
def test_a_swap_and_back_keeps_everything(
    cell: str,
    hidden: int,
    layers: int,
    both: bool,  # noqa: FBT001 - drawn
) -> None:
    both = both and CELLS[cell].is_recurrent
    spec = ContenderSpec(cell=cell, hidden_size=hidden, num_layers=layers, bidirectional=both)
    swapped = edits.with_cell(spec, edits.swap_of(cell))
    assert swapped.cell != cell
    assert swapped.model_copy(update={"cell": cell}) == spec


def test_a_cell_drops_only_what_it_does_not_have() -> None:
    lstm = ContenderSpec(cell="lstm", forget_bias=1.0, dropout=0.2)
    assert edits.with_cell(lstm, "gru").forget_bias == 1.0
    rnn = edits.with_cell(lstm, "rnn")
    assert (rnn.forget_bias, rnn.dropout) == (None, 0.2)
    relu = ContenderSpec(cell="rnn", nonlinearity="relu")
    assert edits.with_cell(relu, "gru").nonlinearity is None
    ContenderSpec.model_validate(rnn.model_dump())


def test_a_convolutional_network_drops_directions_and_a_cell_the_kernel_size() -> None:
    both_ways = ContenderSpec(cell="lstm", bidirectional=True, forget_bias=1.0)
    tcn = edits.with_cell(both_ways, "tcn")
    assert (tcn.bidirectional, tcn.forget_bias) == (False, None)
    wide = ContenderSpec(cell="tcn", kernel_size=5)
    assert edits.with_cell(wide, "gru").kernel_size is None
    for changed in (tcn, edits.with_cell(wide, "gru")):
        ContenderSpec.model_validate(changed.model_dump())


def test_equal_sizes_beside_a_convolutional_network_are_of_one_direction() -> None:
    contenders = (
        ContenderSpec(name="A", hidden_size=9, bidirectional=True),
        ContenderSpec(name="B", cell="tcn"),
    )
    equal = edits.with_equal_sizes(SPEC.model_copy(update={"contenders": contenders}))
    assert [(c.hidden_size, c.bidirectional) for c in equal.contenders] == [(9, False)] * 2
    assert edits.size_note(equal.contenders[1], equal.contenders[0]) == ""


@pytest.mark.parametrize(
    ("levels", "text", "is_short"),
    [
        (
            1,
            "Receptive field: 5 steps, shorter than the sequences (50). 4 levels would see all.",
            True,
        ),
        (4, "Receptive field: 61 steps; sequences have up to 50.", False),
    ],
)
def test_a_receptive_field_stands_beside_the_length_of_the_sequences(
    levels: int,
    text: str,
    is_short: bool,  # noqa: FBT001 - a parameter
) -> None:
    spec = ContenderSpec(cell="tcn", num_layers=levels)
    assert edits.receptive_field_text(spec, 50) == (text, is_short)
    assert edits.receptive_field_text(ContenderSpec(), 50) == ("", False)


def test_a_name_from_the_cell_changes_with_it_and_a_chosen_name_stays() -> None:
    swapped = edits.replaced(SPEC, 0, edits.with_cell(SPEC.contenders[0], "rnn"))
    assert names(swapped) == ["RNN", "LSTM"]
    mine = ContenderSpec(name="mine", cell="gru")
    assert edits.with_cell(mine, "lstm").name == "mine"


def test_a_swap_onto_a_taken_name_gets_a_number() -> None:
    swapped = edits.replaced(SPEC, 0, edits.with_cell(SPEC.contenders[0], "lstm"))
    assert names(swapped) == ["LSTM 2", "LSTM"]


def test_two_contenders_never_have_one_name() -> None:
    with pytest.raises(ValueError, match="same name"):
        edits.replaced(SPEC, 0, SPEC.contenders[0].model_copy(update={"name": "lstm"}))


def test_a_copy_follows_the_original_under_its_own_name() -> None:
    assert names(edits.duplicated(SPEC, 0)) == ["GRU", "GRU 2", "LSTM"]


def test_the_last_contender_stays() -> None:
    one = edits.removed(SPEC, 0)
    assert names(one) == ["LSTM"]
    assert edits.removed(one, 0) == one


def test_what_is_added_is_the_standard_cell_that_is_not_there_yet() -> None:
    assert names(edits.added(SPEC)) == ["GRU", "LSTM", "RNN"]
    assert names(edits.added(edits.added(SPEC)))[-1] == "GRU 2"


def test_fields_are_named_and_hidden_by_the_cell() -> None:
    assert edits.field_label(CELLS["gru"], "forget_bias", "x") == "Update bias"
    assert edits.field_label(CELLS["lstm"], "forget_bias", "x") == "Forget bias"
    assert edits.field_label(CELLS["tcn"], "hidden_size", "x") == "Channels"
    assert edits.field_label(CELLS["tcn"], "num_layers", "x") == "Levels"
    assert edits.field_label(CELLS["gru"], "num_layers", "Layers") == "Layers"
    assert edits.hidden_fields(CELLS["gru"]) == {"nonlinearity", "embedding_size", "kernel_size"}
    assert edits.hidden_fields(CELLS["rnn"], embeds=True) == {"forget_bias", "kernel_size"}
    assert edits.hidden_fields(CELLS["tcn"], embeds=True) == {
        "forget_bias",
        "nonlinearity",
        "bidirectional",
    }


def test_equations_are_those_of_the_cell() -> None:
    gru = edits.equations(ContenderSpec(cell="gru"))
    assert gru[0] == "r = σ(W<sub>ir</sub> x + b<sub>ir</sub> + W<sub>hr</sub> h + b<sub>hr</sub>)"
    assert gru[-1] == "h′ = (1 − z) ⊙ n + z ⊙ h"
    tcn = edits.equations(ContenderSpec(cell="tcn"))
    assert tcn[0] == "u[t] = ReLU(b<sub>u</sub> + Σ<sub>k</sub> W<sub>uk</sub> x[t − d k])"
    relu = edits.equations(ContenderSpec(cell="rnn", nonlinearity="relu"))
    assert "relu(" in relu[0]
    assert "relu(" in edits.equations_aloud(ContenderSpec(cell="rnn", nonlinearity="relu"))
    assert "old state is kept" in edits.cell_note(ContenderSpec(cell="gru"))


def test_differences_are_relative_to_the_first_contender() -> None:
    sizes = {"GRU": ModelSize(300, 1000), "LSTM": ModelSize(400, 996)}
    told = edits.differences(SPEC.contenders, sizes)
    assert told == "Compared with GRU: LSTM +33 % parameters, −0.4 % compute"
    assert "Add a contender" in edits.differences(SPEC.contenders[:1], sizes)
