"""Optimisers are torch's own, without what torch loads only to compile models."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from studio.core.specs.comparison_spec import Optimizer, TrainingSpec
from studio.nn.training.optimization import build_optimizer

OPTIMIZERS: dict[Optimizer, Callable[..., torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": torch.optim.SGD,
    "rmsprop": torch.optim.RMSprop,
}
TRAINING = """
import sys, torch
from studio.core.specs.comparison_spec import TrainingSpec
from studio.nn.training.optimization import build_optimizer, build_scheduler
spec = TrainingSpec(optimizer=sys.argv[1])
network = torch.nn.Linear(3, 1)
built = build_optimizer(network, spec)
scheduler = build_scheduler(built, spec, 3)
network(torch.ones(2, 3)).sum().backward()
built.step()
scheduler.step()
built.zero_grad()
built.load_state_dict(built.state_dict())
print([name for name in sys.modules if name.startswith("torch._dynamo")])
"""


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_are_those_of_torch_to_the_last_bit(optimizer: Optimizer) -> None:
    torch.manual_seed(0)
    ours, theirs = nn.Linear(5, 3), nn.Linear(5, 3)
    theirs.load_state_dict(ours.state_dict())
    settings: dict[str, Any] = {"momentum": 0.5} if optimizer == "sgd" else {}
    fused: dict[str, Any] = {} if optimizer == "rmsprop" else {"fused": True}
    spec = TrainingSpec(optimizer=optimizer, lr=0.01, weight_decay=0.1, **settings)
    other = OPTIMIZERS[optimizer](
        theirs.parameters(),
        lr=0.01,
        weight_decay=0.1,
        **fused,
        **settings,
    )
    for network, steps in ((ours, build_optimizer(ours, spec)), (theirs, other)):
        torch.manual_seed(1)
        for _ in range(20):
            steps.zero_grad()
            network(torch.randn(7, 5)).square().sum().backward()
            steps.step()
    assert torch.equal(ours.weight, theirs.weight)
    assert torch.equal(ours.bias, theirs.bias)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_does_not_load_what_compiles_models(optimizer: Optimizer) -> None:
    command = [sys.executable, "-c", TRAINING, optimizer]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
