"""model_test.c: a recorded example with its answers."""

from typing import NamedTuple

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.export.c.header import FIRST_LINE
from studio.export.c.literals import float_table
from studio.export.c.network import CNetwork
from studio.nn.c_code.machine import CompiledModel

_MOST_NUMBERS = 512
TOLERANCE = 1e-5
"""Of the spread of an answer: compilers may fuse a multiplication and an addition."""


class Recorded(NamedTuple):
    """An example and its answers.

    Attributes:
        steps: (time, inputs).
        whole: What model_run answers, (outputs,) or (time, outputs).
        carried: The answer after the same steps were fed twice without a reset, (outputs,).
        tolerance: Of each output.
    """

    steps: Floats
    whole: Floats
    carried: Floats
    tolerance: Doubles


def recorded(network: CNetwork, compiled: CompiledModel, sequence: Floats) -> Recorded:
    """The first steps of an example with the answers of the checked C."""
    widest = max(network.inputs, network.outputs if network.per_step else 1)
    steps = np.asarray(sequence[: max(4, _MOST_NUMBERS // widest)], dtype=np.float32)
    whole = compiled.run(steps)
    carried = compiled.carried(np.concatenate([steps, steps]))[-1]
    scales = network.model.preprocessing.target_scales()
    spread = np.ones(network.outputs) if scales is None else np.asarray(scales[1])
    rows = np.concatenate([whole.reshape(-1, network.outputs), carried[np.newaxis]])
    tolerance = TOLERANCE * np.maximum(spread, np.abs(rows).max(axis=0))
    return Recorded(steps, whole, carried, tolerance)


def self_test(network: CNetwork, example: Recorded) -> str:
    """model_test.c."""
    rows = len(example.steps) if network.per_step else 1
    tables = (
        float_table("test_steps", example.steps, "Steps of a real example."),
        float_table("test_whole", example.whole, "What model_run answers for them."),
        float_table("test_carried", example.carried, "The answer after feeding them twice."),
        float_table("test_tolerance", example.tolerance, "Compilers may round in other places."),
    )
    return f"""{FIRST_LINE}
/* The self-test: `cc -std=c99 -O2 model.c model_test.c && ./a.out`. On a device compile it with
   -DMODEL_TEST_NO_MAIN and call model_self_test(). */

#include "model.h"

#define TEST_STEPS {len(example.steps)}
#define TEST_ROWS {rows}

{"".join(tables)}
int model_self_test(void);

static int differs(const float *found, const float *expected)
{{
    int output;
    for (output = 0; output < MODEL_OUTPUTS; output++) {{
        float difference = found[output] - expected[output];
        if (!(difference <= test_tolerance[output] && -difference <= test_tolerance[output])) {{
            return 1;
        }}
    }}
    return 0;
}}

/* 0 if all is right, 1 if model_run answers something else, 2 if model_step does. */
int model_self_test(void)
{{
    static float y[TEST_ROWS * MODEL_OUTPUTS];
    static model_state state;
    int row, pass;
    model_run(test_steps, TEST_STEPS, y);
    for (row = 0; row < TEST_ROWS; row++) {{
        if (differs(y + row * MODEL_OUTPUTS, test_whole + row * MODEL_OUTPUTS)) {{
            return 1;
        }}
    }}
    model_reset(&state);
    for (pass = 0; pass < 2; pass++) {{
        for (row = 0; row < TEST_STEPS; row++) {{
            model_step(&state, test_steps + row * MODEL_INPUTS, y);
        }}
    }}
    return differs(y, test_carried) ? 2 : 0;
}}

#ifndef MODEL_TEST_NO_MAIN
#include <stdio.h>

int main(void)
{{
    int problem = model_self_test();
    puts(problem ? "the self-test FAILED" : "the self-test passed");
    return problem;
}}
#endif
"""
