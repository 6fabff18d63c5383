"""Numbers and arrays survive the way into the file and back, whatever they are."""

import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from studio.sessions.packing import (
    pack_array,
    pack_json,
    pack_number,
    pack_scores,
    unpack_array,
    unpack_number,
    unpack_scores,
)

DTYPES = st.sampled_from(["<f4", ">f4", "<f8", "<i8", ">i8", "|b1"])


@given(DTYPES.flatmap(lambda dtype: arrays(dtype, array_shapes(min_dims=0, min_side=0))))
def test_an_array_comes_back_with_its_shape_and_values(values: np.ndarray) -> None:
    found = unpack_array(pack_array(values))
    np.testing.assert_array_equal(found, values)
    assert found.shape == values.shape
    assert found.dtype == values.dtype.newbyteorder("<")


def test_an_array_is_stored_as_numpy_files_are_in_little_endian_row_order() -> None:
    packed = pack_array(np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3)))
    assert packed.startswith(b"\x93NUMPY")
    assert b"'<f4', 'fortran_order': False, 'shape': (2, 3)" in packed
    assert packed.endswith(np.arange(6, dtype="<f4").tobytes())


def test_a_slice_is_stored_without_what_lies_around_it() -> None:
    assert len(pack_array(np.zeros(1000, np.float32)[::100])) < 200


def test_python_objects_are_neither_packed_nor_unpacked() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        pack_array(np.array([object()]))
    with pytest.raises(ValueError, match="magic"):
        unpack_array(pickle.dumps([1]))


@given(st.none() | st.floats() | st.integers(-5, 5))
def test_a_number_comes_back_even_where_sqlite_has_none(value: float | None) -> None:
    found = unpack_number(pack_number(value))
    assert found == value or math.isnan(found) == math.isnan(value)


@given(st.dictionaries(st.text(), st.floats()))
def test_scores_come_back_and_are_plain_json_on_the_way(scores: dict[str, float]) -> None:
    packed = pack_scores(scores)
    json.loads(packed, parse_constant=pytest.fail)
    found = unpack_scores(packed)
    assert found.keys() == scores.keys()
    np.testing.assert_array_equal(list(found.values()), list(scores.values()))


def test_json_refuses_what_other_readers_would_not_understand() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack_json({"loss": math.nan})
