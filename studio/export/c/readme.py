"""README.md of a model in C."""

from collections.abc import Sequence

from studio.core.cells import CELLS
from studio.core.results.c_size import CSizes
from studio.export.c.network import CNetwork
from studio.nn.c_code.machine import CodeSize

_TITLE = "# A recurrent network in C99, written by Gate Studio"


def readme(  # noqa: PLR0913, PLR0917 - what it tells
    network: CNetwork,
    arithmetic: str,
    sizes: CSizes,
    on_arm: CodeSize | None,
    state: str,
    checks: str,
    further: Sequence[str] = (),
) -> str:
    """The figures of the model, how to call it, and what it leaves out.

    Args:
        network: The network.
        arithmetic: Such as "float32".
        sizes: Exact sizes.
        on_arm: The sections that LLVM makes for a Cortex-M4, if they are known.
        state: How the state was used in training.
        checks: How the C was checked, a clause.
        further: More paragraphs.
    """
    model = network.model
    layers = "" if len(network.layers) == 1 else f", {len(network.layers)} layers"
    label = CELLS[network.cell].label
    code = (
        f"| code (.text) that LLVM makes for a Cortex-M4, hard float | {on_arm.text:,} bytes |\n"
        if on_arm
        else ""
    )
    paragraphs = "".join(f"\n{text}\n" for text in further)
    return f"""{_TITLE}

{model.contender.name or label}: {label} of {network.widest} units{layers}, {arithmetic}; {model.run}, epoch {model.epoch}, trained on {model.dataset_name}.

| | |
| --- | --- |
| constants in flash, exact | {sizes.constants:,} bytes |
| `model_state`, exact | {sizes.state:,} bytes |
| stack of `model_step`, at most | {sizes.stack:,} bytes on a Cortex-M4, 50 more on a Cortex-M0+ |
| multiply-accumulates of a step | {sizes.macs:,} |
{code}
`model_run` keeps one `model_state` on the stack in addition. The code needs C99 with stdint.h: no library, no heap, no files.

## Use

```c
static model_state state;
float x[MODEL_INPUTS], y[MODEL_OUTPUTS];
model_reset(&state);          /* at the start of a sequence */
model_step(&state, x, y);     /* for each step */
```

`model_run(x, steps, y)` reads a whole sequence. model.h lists the inputs and answers with their units. {_input_words(network)}

{state}

A step with a number that is not finite is skipped by `model_step`: the answer is NaN and the state stays as it was. `model_run` answers NaN if {"a step is skipped, at that step" if network.per_step else "any step is skipped"}.

Compile without `-ffast-math` and the like: they remove the test for NaN. `-ffp-contract=off` gives the same bits on every processor; without it answers differ by rounding.
{paragraphs}
## Checked

{checks}. `model_test.c` holds a real example with its answers: `cc -std=c99 -O2 model.c model_test.c && ./a.out`. Compile it with `-DMODEL_TEST_NO_MAIN` and call `model_self_test()` on the device.

## Left out

Only the network with its scaling is here. What the data went through before (log-mel features of recordings, calendar channels, masks and replacements of missing values, resampling) has to be done by the application in the same way.
"""


def _input_words(network: CNetwork) -> str:
    if network.embedding is not None:
        return "A step is the code of a symbol, its place in the vocabulary; other codes count as unknown."
    return "They are in the units of the data; scaling is inside."
