"""model.h and model.c in single precision."""

import numpy as np

from studio.core.arrays import Doubles
from studio.core.results.c_size import low_centers
from studio.export.c.header import (
    FINITE,
    FIRST_LINE,
    SIGMOID,
    SOFTMAX,
    TANH,
    entry_points,
    header,
    products,
    reset,
)
from studio.export.c.literals import float_table
from studio.export.c.network import CLayer, CNetwork


def float_header(network: CNetwork) -> str:
    """model.h."""
    members = [f"    float h[{network.units}]; /* of all layers, the first one first */"]
    if network.cell == "lstm":
        members.append(f"    float c[{network.units}];")
    if network.pooling != "last":
        members.append(f"    float pooled[{network.layers[-1].units}];")
        members.append("    uint32_t steps;")
    return header(network, "\n".join(members), "float32")


def float_body(network: CNetwork) -> str:
    """model.c."""
    parts = [FIRST_LINE, '\n#include "model.h"\n', _sizes(network), *_tables(network), FINITE]
    needs_sigmoid = network.cell != "rnn" or network.kind == "sigmoid"
    if not network.relu or needs_sigmoid:
        parts.append(TANH)
    if needs_sigmoid:
        parts.append(SIGMOID)
    if network.kind == "softmax":
        parts.append(SOFTMAX)
    parts += [
        products(network.cell, "float"),
        _LAYER[network.cell].replace("ACTIVATION", _activation(network)),
    ]
    parts += [reset(network, "0.0f"), _advance(network), _answer(network), entry_points(network)]
    return "".join(parts)


def _sizes(network: CNetwork) -> str:
    return f"\n#define WIDEST {network.widest}\n#define UNITS {network.units}\n\n"


def _tables(network: CNetwork) -> list[str]:
    tables = []
    if network.embedding is not None:
        symbols, size = network.embedding.shape
        tables.append(f"#define SYMBOLS {symbols}\n#define SYMBOL_SIZE {size}\n\n")
        note = "A vector for each symbol; the first stands for unknown ones."
        tables.append(float_table("embedding", network.embedding, note))
    else:
        note = "Scaling: (x - center) * factor."
        tables.append(float_table("input_center", network.center, note))
        low = low_centers(network.model.preprocessing)
        if low is not None:
            note = "What the centers above lack, as they lie far from zero."
            tables.append(float_table("input_center_low", low, note))
        tables.append(float_table("input_factor", 1 / network.scale))
    for index, layer in enumerate(network.layers):
        note = "By unit, then input and state, then gate."
        tables.append(float_table(f"weights_{index}", interleaved(layer), note))
        tables.append(float_table(f"biases_{index}", layer.biases))
    tables.append(float_table("head", network.head, "With the scaling of the answers."))
    tables.append(float_table("head_bias", network.bias))
    return tables


def interleaved(layer: CLayer) -> Doubles:
    """Weights by unit, then input and state, then gate, (units, inputs + units, gates)."""
    both = np.concatenate([layer.from_input, layer.from_state], axis=2)
    return np.ascontiguousarray(both.transpose(1, 2, 0))


_GRU = """
/* One step of a layer: r and z are the reset and update gates, n is the candidate. */
static void layer(const float *w, const float *bias, const float *x, int inputs, float *h,
                  int units)
{
    float before[WIDEST], sums[3], z, n;
    int unit;
    for (unit = 0; unit < units; unit++) {
        before[unit] = h[unit];
    }
    for (unit = 0; unit < units; unit++) {
        sums[0] = bias[0];
        sums[1] = bias[1];
        sums[2] = bias[2];
        w = add_products(w, x, inputs, sums);
        n = sums[2];
        sums[2] = bias[3];
        w = add_products(w, before, units, sums);
        n = tanh_of(n + sigmoid_of(sums[0]) * sums[2]);
        z = sigmoid_of(sums[1]);
        h[unit] = n + z * (before[unit] - n);
        bias += 4;
    }
}
"""

_LSTM = """
/* One step of a layer: input gate, forget gate, candidate, output gate. */
static void layer(const float *w, const float *bias, const float *x, int inputs, float *h, float *c,
                  int units)
{
    float before[WIDEST], sums[4];
    int unit;
    for (unit = 0; unit < units; unit++) {
        before[unit] = h[unit];
    }
    for (unit = 0; unit < units; unit++) {
        sums[0] = bias[0];
        sums[1] = bias[1];
        sums[2] = bias[2];
        sums[3] = bias[3];
        w = add_products(w, x, inputs, sums);
        w = add_products(w, before, units, sums);
        c[unit] = sigmoid_of(sums[1]) * c[unit] + sigmoid_of(sums[0]) * tanh_of(sums[2]);
        h[unit] = sigmoid_of(sums[3]) * tanh_of(c[unit]);
        bias += 4;
    }
}
"""

_RNN = """
/* One step of a layer. */
static void layer(const float *w, const float *bias, const float *x, int inputs, float *h,
                  int units)
{
    float before[WIDEST], sums[1];
    int unit;
    for (unit = 0; unit < units; unit++) {
        before[unit] = h[unit];
    }
    for (unit = 0; unit < units; unit++) {
        sums[0] = bias[unit];
        w = add_products(w, x, inputs, sums);
        w = add_products(w, before, units, sums);
        h[unit] = ACTIVATION;
    }
}
"""

_LAYER = {"gru": _GRU, "lstm": _LSTM, "rnn": _RNN}


def _activation(network: CNetwork) -> str:
    return "sums[0] > 0.0f ? sums[0] : 0.0f" if network.relu else "tanh_of(sums[0])"


def _advance(network: CNetwork) -> str:
    if network.embedding is not None:
        declared = "    const float *values = embedding;\n"
        read = """    if (!is_finite(x[0])) {
        return 0;
    }
    if (x[0] >= 0.0f && x[0] < (float)SYMBOLS) {
        values = embedding + (int)x[0] * SYMBOL_SIZE;
    }
"""
    else:
        declared = "    float values[MODEL_INPUTS];\n    int input;\n"
        low = (
            " - input_center_low[input]"
            if low_centers(network.model.preprocessing) is not None
            else ""
        )
        shifted = (
            f"(x[input] - input_center[input]){low}" if low else "x[input] - input_center[input]"
        )
        read = f"""    for (input = 0; input < MODEL_INPUTS; input++) {{
        if (!is_finite(x[input])) {{
            return 0;
        }}
        values[input] = ({shifted}) * input_factor[input];
        /* Only absurd values are that far out; they must not make infinite sums. */
        if (values[input] > 1e6f) {{
            values[input] = 1e6f;
        }}
        if (values[input] < -1e6f) {{
            values[input] = -1e6f;
        }}
    }}
"""
    calls, source, place = [], "values", 0
    for index, layer in enumerate(network.layers):
        h = "state->h" if place == 0 else f"state->h + {place}"
        c = "" if network.cell != "lstm" else f"{h.replace('->h', '->c')}, "
        given = f"weights_{index}, biases_{index}, {source}, {layer.inputs}"
        calls.append(f"    layer({given}, {h}, {c}{layer.units});\n")
        source, place = h, place + layer.units
    pooled = "" if network.pooling == "last" else "    pool(state);\n"
    return f"""{_pool(network)}
/* Reads a step; returns 0 if it was skipped. */
static int advance(model_state *state, const float *x)
{{
{declared}{read}{"".join(calls)}{pooled}    return 1;
}}
"""


def _pool(network: CNetwork) -> str:
    if network.pooling == "last":
        return ""
    top = network.layers[-1].units
    if network.pooling == "mean":
        update = "state->pooled[unit] += (h[unit] - state->pooled[unit]) * share;"
        before = "    float share;\n    int unit;\n    state->steps++;\n"
        before += "    share = 1.0f / (float)state->steps;\n"
    else:
        update = """if (state->steps == 1 || h[unit] > state->pooled[unit]) {
            state->pooled[unit] = h[unit];
        }"""
        before = "    int unit;\n    if (state->steps < 2) {\n        state->steps++;\n    }\n"
    return f"""
static void pool(model_state *state)
{{
    const float *h = state->h + {network.units - top};
{before}    for (unit = 0; unit < {top}; unit++) {{
        {update}
    }}
}}
"""


def _answer(network: CNetwork) -> str:
    top = network.layers[-1].units
    first = network.units - top
    last = f"state->h + {first}" if first else "state->h"
    source = "state->pooled" if network.pooling != "last" else last
    closing = {
        "values": "",
        "softmax": "    to_probabilities(y);\n",
        "sigmoid": """    for (output = 0; output < MODEL_OUTPUTS; output++) {
        y[output] = sigmoid_of(y[output]);
    }
""",
    }[network.kind]
    return f"""
/* The linear layer of answers. */
static void answer(const model_state *state, float *y)
{{
    const float *values = {source};
    const float *w = head;
    float sum;
    int output, unit;
    for (output = 0; output < MODEL_OUTPUTS; output++) {{
        sum = 0.0f;
        for (unit = 0; unit < {top}; unit++) {{
            sum += w[unit] * values[unit];
        }}
        y[output] = sum + head_bias[output];
        w += {top};
    }}
{closing}}}
"""
