"""Keras's recurrent layers by the equations of its documentation, in double precision.

They check what is written where Keras is not installed, from the arrays as Keras reads them.
"""

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, softmax

from studio.core.arrays import Doubles, Floats
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec

Arrays = Mapping[str, Floats]


def raw_outputs(
    spec: ContenderSpec, preprocessing: Preprocessing, arrays: Arrays, steps: Doubles
) -> Doubles:
    """What the head gives for one sequence, (outputs,) or (time, outputs).

    Args:
        spec: The contender.
        preprocessing: Of the model.
        arrays: As keras_arrays gives them.
        steps: Scaled inputs (time, channels), or codes (time, 1).
    """
    values = arrays["embedding/0"][steps[:, 0].astype(int)] if preprocessing.embeds else steps
    each = 3
    for layer in range(spec.num_layers):
        given = [arrays[f"recurrent_{layer}/{number}"] for number in range(each)]
        outputs = _read(spec, values, given)
        if spec.bidirectional:
            given = [arrays[f"recurrent_{layer}/{number}"] for number in range(each, 2 * each)]
            backward = _read(spec, values[::-1], given)[::-1]
            outputs = np.concatenate([outputs, backward], axis=1)
        values = outputs
    pooled = values if preprocessing.per_step else _pooled(spec, values, arrays)
    return np.asarray(pooled @ arrays["head/0"] + arrays["head/1"], dtype=np.float64)


def _read(spec: ContenderSpec, steps: Doubles, arrays: list[Floats]) -> Doubles:
    """The states after each step, (time, units)."""
    kernel, recurrent, bias = (np.asarray(each, dtype=np.float64) for each in arrays)
    h, c = np.zeros((2, len(recurrent)))
    states = []
    for x in steps:
        if spec.cell == "gru":  # reset_after
            from_x, from_h = x @ kernel + bias[0], h @ recurrent + bias[1]
            x_z, x_r, x_h = np.split(from_x, 3)
            h_z, h_r, h_h = np.split(from_h, 3)
            z, r = expit(x_z + h_z), expit(x_r + h_r)
            h = z * h + (1 - z) * np.tanh(x_h + r * h_h)
        elif spec.cell == "lstm":
            i, f, new, o = np.split(x @ kernel + h @ recurrent + bias, 4)
            c = expit(f) * c + expit(i) * np.tanh(new)
            h = expit(o) * np.tanh(c)
        else:
            total = x @ kernel + h @ recurrent + bias
            h = np.maximum(total, 0) if spec.nonlinearity == "relu" else np.tanh(total)
        states.append(h)
    return np.stack(states)


def _pooled(spec: ContenderSpec, values: Doubles, arrays: Arrays) -> Doubles:
    if spec.pooling == "mean":
        return np.asarray(values.mean(axis=0))
    if spec.pooling == "max":
        return np.asarray(values.max(axis=0))
    if spec.pooling == "attention":
        shares = softmax(values @ arrays["score/0"] + arrays["score/1"], axis=0)
        return np.asarray((shares * values).sum(axis=0))
    ends = values[-1].copy()
    if spec.bidirectional:
        ends[spec.hidden_size :] = values[0, spec.hidden_size :]
    return np.asarray(ends)
