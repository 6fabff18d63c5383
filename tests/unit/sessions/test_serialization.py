"""Numbers and arrays survive writing and reading."""

import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from studio.sessions.tables.serialization import (
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
    result = unpack_array(pack_array(values))
    np.testing.assert_array_equal(result, values)
    assert result.shape == values.shape
    assert result.dtype == values.dtype.newbyteorder("<")


def test_an_array_is_stored_in_npy_format_little_endian_in_row_order() -> None:
    packed = pack_array(np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3)))
    assert packed.startswith(b"\x93NUMPY")
    assert b"'<f4', 'fortran_order': False, 'shape': (2, 3)" in packed
    assert packed.endswith(np.arange(6, dtype="<f4").tobytes())


def test_a_slice_is_stored_without_its_surroundings() -> None:
    assert len(pack_array(np.zeros(1000, np.float32)[::100])) < 200


def test_python_objects_are_neither_packed_nor_unpacked() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        pack_array(np.array([object()]))
    with pytest.raises(ValueError, match="magic"):
        unpack_array(pickle.dumps([1]))


@given(st.none() | st.floats() | st.integers(-5, 5))
def test_numbers_that_sqlite_lacks_come_back(value: float | None) -> None:
    result = unpack_number(pack_number(value))
    assert result == value or math.isnan(result) == math.isnan(value)


@given(st.dictionaries(st.text(), st.floats()))
def test_scores_are_stored_as_plain_json_and_come_back(scores: dict[str, float]) -> None:
    packed = pack_scores(scores)
    json.loads(packed, parse_constant=pytest.fail)
    result = unpack_scores(packed)
    assert result.keys() == scores.keys()
    np.testing.assert_array_equal(list(result.values()), list(scores.values()))


def test_json_refuses_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack_json({"loss": math.nan})
