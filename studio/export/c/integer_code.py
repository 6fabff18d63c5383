"""model.h and model.c with int8 weights, int16 activations and integer sums."""

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
from studio.export.c.integer_text import BY_GATE, GATE_SIGMOID, LAYER, ROUNDING, TO_SHORT
from studio.export.c.literals import float_table, integer_table
from studio.export.c.network import CNetwork
from studio.export.c.quantize import IntegerNetwork

_STATE = {"gru": "int32_t", "lstm": "int16_t", "rnn": "int16_t"}


def integer_header(integers: IntegerNetwork) -> str:
    """model.h."""
    network = integers.network
    bits = 24 if network.cell == "gru" else 15
    members = [f"    {_STATE[network.cell]} h[{network.units}]; /* {bits} fractional bits */"]
    if network.cell == "lstm":
        members.insert(0, f"    int32_t c[{network.units}]; /* 22 fractional bits */")
    if network.pooling != "last":
        members.insert(0, "    int32_t steps;")
        members.insert(0, f"    int32_t pooled[{network.layers[-1].units}];")
    return header(network, "\n".join(members), "int8 weights, integer arithmetic")


def integer_body(integers: IntegerNetwork) -> str:
    """model.c."""
    network = integers.network
    parts = [FIRST_LINE, '\n#include "model.h"\n', _sizes(integers), *_tables(integers), FINITE]
    if network.kind == "sigmoid":
        parts += [TANH, SIGMOID]
    if network.kind == "softmax":
        parts.append(SOFTMAX)
    parts.append(ROUNDING)
    if network.cell != "rnn":
        parts += [GATE_SIGMOID, BY_GATE]
    if network.cell == "gru" or network.pooling != "last":
        parts.append(TO_SHORT)
    parts += [products(network.cell, "int8"), LAYER[network.cell]]
    parts += [reset(network, "0"), _advance(network), _answer(network), entry_points(network)]
    return "".join(parts)


def _sizes(integers: IntegerNetwork) -> str:
    network = integers.network
    return f"""
#define WIDEST {network.widest}
#define UNITS {network.units}
#define FACTOR_SHIFT {integers.shift}

"""


def _tables(integers: IntegerNetwork) -> list[str]:
    network = integers.network
    note = "tanh at steps of 1/128, 24 fractional bits."
    tables = [integer_table("int32_t", "tanh_table", integers.table, note)]
    if integers.embedding is not None:
        symbols, size = integers.embedding.shape
        tables.append(f"#define SYMBOLS {symbols}\n#define SYMBOL_SIZE {size}\n\n")
        note = "A vector for each symbol; the first stands for unknown ones."
        tables.append(integer_table("int16_t", "embedding", integers.embedding, note))
    else:
        note = f"Scaling: (x - center) * factor, with {integers.input_bits} fractional bits."
        tables.append(float_table("input_center", network.center, note))
        low = low_centers(network.model.preprocessing)
        if low is not None:
            note = "What the centers above lack, as they lie far from zero."
            tables.append(float_table("input_center_low", low, note))
        tables.append(float_table("input_factor", 2.0**integers.input_bits / network.scale))
    for index, layer in enumerate(integers.layers):
        note = "By unit, then input and state, then gate."
        tables.append(integer_table("int8_t", f"weights_{index}", layer.weights, note))
        note = "By unit: factors of the sums over inputs and over the state, biases."
        tables.append(integer_table("int32_t", f"rows_{index}", layer.rows, note))
    tables.append(integer_table("int8_t", "head", integers.head))
    note = "With the scaling of the answers."
    tables.append(float_table("head_factor", integers.head_factor, note))
    tables.append(float_table("head_bias", network.bias))
    return tables


def _advance(network: CNetwork) -> str:
    if network.embedding is not None:
        declared = f"    const int16_t *values = embedding;\n{_below(network)}"
        read = """    if (!is_finite(x[0])) {
        return 0;
    }
    if (x[0] >= 0.0f && x[0] < (float)SYMBOLS) {
        values = embedding + (int)x[0] * SYMBOL_SIZE;
    }
"""
    else:
        declared = "    int16_t values[MODEL_INPUTS];\n    float value;\n    int input;\n"
        declared += _below(network)
        low = (
            " - input_center_low[input]"
            if low_centers(network.model.preprocessing) is not None
            else ""
        )
        shifted = "x[input] - input_center[input]"
        shifted = f"({shifted}){low}" if low else shifted
        read = f"""    for (input = 0; input < MODEL_INPUTS; input++) {{
        if (!is_finite(x[input])) {{
            return 0;
        }}
        value = ({shifted}) * input_factor[input];
        if (value > 32767.0f) {{
            value = 32767.0f;
        }}
        if (value < -32767.0f) {{
            value = -32767.0f;
        }}
        values[input] = (int16_t)(value < 0.0f ? value - 0.5f : value + 0.5f);
    }}
"""
    calls, source, place = [], "values", 0
    for index, layer in enumerate(network.layers):
        h = "state->h" if place == 0 else f"state->h + {place}"
        c = "" if network.cell != "lstm" else f"{h.replace('->h', '->c')}, "
        if index and network.cell == "gru":
            before = place - network.layers[index - 1].units
            calls.append(f"""    for (unit = 0; unit < {layer.inputs}; unit++) {{
        below[unit] = to_short({_unit_of(before)});
    }}
""")
            source = "below"
        given = f"weights_{index}, rows_{index}, {source}, {layer.inputs}"
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


def _unit_of(first: int) -> str:
    """A unit of the layer whose states begin at a place."""
    return f"state->h[{first} + unit]" if first else "state->h[unit]"


def _below(network: CNetwork) -> str:
    """What a further GRU layer needs to read the state of the one below in 16 bits."""
    if network.cell != "gru" or len(network.layers) == 1:
        return ""
    return "    int16_t below[WIDEST];\n    int unit;\n"


def _pool(network: CNetwork) -> str:
    if network.pooling == "last":
        return ""
    top = network.layers[-1].units
    value = _unit_of(network.units - top)
    value = value if network.cell == "gru" else f"{value} * 512"
    if network.pooling == "mean":
        update = """change = value - state->pooled[unit];
        change += (change < 0 ? -state->steps : state->steps) / 2;
        state->pooled[unit] += change / state->steps;"""
        declared = "    int32_t value, change;\n"
    else:
        update = """if (state->steps == 1 || value > state->pooled[unit]) {
            state->pooled[unit] = value;
        }"""
        declared = "    int32_t value;\n"
    return f"""
/* Values with 24 fractional bits. */
static void pool(model_state *state)
{{
{declared}    int unit;
    if (state->steps < 1073741824) {{
        state->steps++;
    }}
    for (unit = 0; unit < {top}; unit++) {{
        value = {value};
        {update}
    }}
}}
"""


def _answer(network: CNetwork) -> str:
    top = network.layers[-1].units
    first = network.units - top
    if network.pooling != "last":
        read = "to_short(state->pooled[unit])"
    elif network.cell == "gru":
        read = f"to_short({_unit_of(first)})"
    else:
        read = _unit_of(first)
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
    int16_t values[{top}];
    const int8_t *w = head;
    int32_t sum;
    int output, unit;
    for (unit = 0; unit < {top}; unit++) {{
        values[unit] = {read};
    }}
    for (output = 0; output < MODEL_OUTPUTS; output++) {{
        sum = 0;
        for (unit = 0; unit < {top}; unit++) {{
            sum += (int32_t)w[unit] * values[unit];
        }}
        y[output] = (float)sum * head_factor[output] + head_bias[output];
        w += {top};
    }}
{closing}}}
"""
