"""model.h, and the parts of model.c that float and integer models share."""

from studio.core.cells import CELLS
from studio.core.results.c_size import Arithmetic
from studio.export.c.network import CNetwork

_MOST_NAMES = 40
_SUMS = {"gru": ("r", "z", "n"), "lstm": ("i", "f", "g", "o"), "rnn": ("n",)}
_UNROLLED = 4
FIRST_LINE = "/* A recurrent network in C99, written by Gate Studio. */"


def one_line(text: str) -> str:
    """Text of a user as it may stand in a C comment: one line of ASCII that does not end it."""
    plain = "".join(each if each.isascii() and each.isprintable() else "?" for each in text)
    return plain.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?").replace("\\", "/")


def header(network: CNetwork, state: str, arithmetic: str) -> str:
    """model.h.

    Args:
        network: The network.
        state: The members of model_state.
        arithmetic: Such as "float32".
    """
    preprocessing = network.model.preprocessing
    layers = len(network.layers)
    label = CELLS[network.cell].label
    what = f"{label}, {layers} layer{'s' if layers > 1 else ''} of {network.widest} units"
    reads = "\n".join(_named(preprocessing.input_names, preprocessing.input_units))
    outputs = preprocessing.output_names
    units = preprocessing.target_units if network.kind == "values" else ()
    gives = "\n".join(_named(outputs, units * (len(outputs) // max(1, len(units)))))
    rows = "steps x MODEL_OUTPUTS numbers" if network.per_step else "MODEL_OUTPUTS numbers"
    last = "the answer at each step" if network.per_step else "the answer after the last step"
    return f"""{FIRST_LINE}
/* {one_line(network.model.contender.name)}: {what}, {arithmetic}. See README.md. */

#ifndef MODEL_H
#define MODEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

#define MODEL_INPUTS {network.inputs}
#define MODEL_OUTPUTS {network.outputs}

/* A step x, in these units:
{reads}
   An answer y{_meaning(network)}:
{gives}
*/

typedef struct model_state {{
{state}
}} model_state;

/* Starts a sequence. */
void model_reset(model_state *state);

/* Reads one step of MODEL_INPUTS numbers and writes MODEL_OUTPUTS numbers. A step with a number
   that is not finite is skipped: the answer is NaN and the state stays as it was. */
void model_step(model_state *state, const float *x, float *y);

/* Reads a whole sequence of steps x MODEL_INPUTS numbers from its start, and writes
   {rows}: {last}. */
void model_run(const float *x, int steps, float *y);

#ifdef __cplusplus
}}
#endif

#endif
"""


def _meaning(network: CNetwork) -> str:
    return {
        "values": "",
        "softmax": ", probabilities that sum to 1",
        "sigmoid": ", the probability that each key is on",
    }[network.kind]


def _named(names: tuple[str, ...], units: tuple[str, ...]) -> list[str]:
    padded = (*units, *("",) * len(names))
    lines = [
        f"   {index}: {one_line(name)}" + (f" ({one_line(unit)})" if unit else "")
        for index, (name, unit) in enumerate(zip(names, padded, strict=False))
    ]
    more = len(lines) - _MOST_NAMES
    return [*lines[:_MOST_NAMES], f"   ... and {more} more"] if more > 0 else lines


FINITE = """
static int is_finite(float value)
{
    return value - value == 0.0f;
}

static void write_nan(float *y)
{
    float zero = 0.0f;
    int output;
    for (output = 0; output < MODEL_OUTPUTS; output++) {
        y[output] = zero / zero;
    }
}
"""

SOFTMAX = """
/* exp(x) for x <= 0, to about one unit in the last place. */
static float exp_of(float x)
{
    float rest, power;
    int halvings;
    if (!(x > -87.0f)) {
        return 0.0f;
    }
    halvings = (int)(0.5f - x * 1.44269504f);
    rest = (x + (float)halvings * 0.693359375f) - (float)halvings * 2.12194440e-4f;
    power = 1.0f + rest * 0.166666667f;
    power = 1.0f + rest * 0.2f * power;
    power = 1.0f + rest * 0.25f * power;
    power = 1.0f + rest * 0.333333333f * power;
    power = 1.0f + rest * 0.5f * power;
    power = 1.0f + rest * power;
    for (; halvings >= 8; halvings -= 8) {
        power *= 0.00390625f;
    }
    for (; halvings > 0; halvings--) {
        power *= 0.5f;
    }
    return power;
}

static void to_probabilities(float *y)
{
    float largest = y[0], total = 0.0f;
    int output;
    for (output = 1; output < MODEL_OUTPUTS; output++) {
        if (y[output] > largest) {
            largest = y[output];
        }
    }
    for (output = 0; output < MODEL_OUTPUTS; output++) {
        y[output] = exp_of(y[output] - largest);
        total += y[output];
    }
    for (output = 0; output < MODEL_OUTPUTS; output++) {
        y[output] /= total;
    }
}
"""

TANH = """
/* A quotient of polynomials, off by at most 4e-7, and the same bits on every processor that does
   not fuse multiply and add. */
static float tanh_of(float x)
{
    float square, above, below;
    if (x > 7.90531111f) {
        x = 7.90531111f;
    }
    if (x < -7.90531111f) {
        x = -7.90531111f;
    }
    square = x * x;
    above = square * -2.76076847742355e-16f + 2.00018790482477e-13f;
    above = above * square + -8.60467152213735e-11f;
    above = above * square + 5.12229709037114e-08f;
    above = above * square + 1.48572235717979e-05f;
    above = above * square + 6.37261928875436e-04f;
    above = above * square + 4.89352455891786e-03f;
    below = square * 1.19825839466702e-06f + 1.18534705686654e-04f;
    below = below * square + 2.26843463243900e-03f;
    below = below * square + 4.89352518554385e-03f;
    return x * above / below;
}
"""

SIGMOID = """
static float sigmoid_of(float x)
{
    return 0.5f + 0.5f * tanh_of(0.5f * x);
}
"""


def products(cell: str, arithmetic: Arithmetic) -> str:
    """The loop over values and their weights, unrolled, for all gates of a unit."""
    names = _SUMS[cell]
    gates = len(names)
    is_float = arithmetic == "float"
    closing = "\n".join(f"    sums[{index}] = {name};" for index, name in enumerate(names))
    cast = "" if is_float else "(int32_t)"

    def terms(column: int) -> str:
        return "\n".join(
            f"        {name} += {cast}w[{column * gates + index}] * values[{column}];"
            for index, name in enumerate(names)
        )

    if is_float:
        opening = ", ".join(f"{name} = sums[{index}]" for index, name in enumerate(names))
        head = f"""
/* Adds the products of some values with their weights to the sums of a unit's gates; returns the
   weights that follow. */
static const float *add_products(const float *w, const float *values, int count, float *sums)
{{
    float {opening};"""
    else:
        opening = ", ".join(f"{name} = 0" for name in names)
        head = f"""
/* The sums of products of some values with their weights, for the gates of a unit; returns the
   weights that follow. */
static const int8_t *sum_products(const int8_t *w, const int16_t *values, int count, int32_t *sums)
{{
    int32_t {opening};"""
    unrolled = "\n".join(map(terms, range(_UNROLLED)))
    return f"""{head}
    for (; count >= {_UNROLLED}; count -= {_UNROLLED}) {{
{unrolled}
        w += {_UNROLLED * gates};
        values += {_UNROLLED};
    }}
    for (; count > 0; count--) {{
{terms(0)}
        w += {gates};
        values += 1;
    }}
{closing}
    return w;
}}
"""


def reset(network: CNetwork, zero: str) -> str:
    """model_reset; zero is the literal of the states' type."""
    cell = f"        state->c[unit] = {zero};\n" if network.cell == "lstm" else ""
    pooled = ""
    if network.pooling != "last":
        pooled = f"""    for (unit = 0; unit < {network.layers[-1].units}; unit++) {{
        state->pooled[unit] = {zero};
    }}
    state->steps = 0;
"""
    return f"""
void model_reset(model_state *state)
{{
    int unit;
    for (unit = 0; unit < UNITS; unit++) {{
        state->h[unit] = {zero};
{cell}    }}
{pooled}}}
"""


def entry_points(network: CNetwork) -> str:
    """model_step and model_run, from `advance` and `answer`."""
    step = """
void model_step(model_state *state, const float *x, float *y)
{
    if (advance(state, x)) {
        answer(state, y);
    } else {
        write_nan(y);
    }
}
"""
    if network.per_step:
        return (
            step
            + """
void model_run(const float *x, int steps, float *y)
{
    model_state state;
    int step;
    model_reset(&state);
    for (step = 0; step < steps; step++) {
        model_step(&state, x + step * MODEL_INPUTS, y + step * MODEL_OUTPUTS);
    }
}
"""
        )
    return (
        step
        + """
void model_run(const float *x, int steps, float *y)
{
    model_state state;
    int step, skipped = 0;
    model_reset(&state);
    for (step = 0; step < steps; step++) {
        if (!advance(&state, x + step * MODEL_INPUTS)) {
            skipped = 1;
        }
    }
    if (skipped) {
        write_nan(y);
    } else {
        answer(&state, y);
    }
}
"""
    )
