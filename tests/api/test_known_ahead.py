"""Next week's load from Python, with the temperature known in advance."""

import json

import numpy as np
import pytest
from commands import run_python
from tiny import Finished

SCRIPT = """
import json
import numpy as np
import torch
import studio

random = np.random.default_rng(0)
def table(count):
    heat = random.normal(10, 5, count)
    return {"temperature": heat, "load": 100 - 2 * heat + random.normal(0, 0.5, count)}

with studio.compare(
    table(300), target="load", known_ahead=["temperature"], window=8, horizon=4, cells="gru",
    hidden_size=8, epochs=12, lr=0.03, seeds=1, batch_size=16, engine="torch", threads=1,
    out="known.gates", progress=False,
) as session:
    new = table(44)
    truth = new["load"][-4:].copy()
    new["load"][-4:] = np.nan
    forecast = session.last.forecast(new, 4)
    heat, load = new["temperature"], new["load"]
    places = np.arange(32, 40)
    ahead = [heat[np.minimum(places + step, 43)] for step in range(1, 5)]
    window = np.stack([heat[places], load[places], *ahead], axis=1)[np.newaxis]
    with torch.no_grad():
        by_hand = session.last["gru"].torch_module()(torch.from_numpy(window)).numpy()
    print(json.dumps({
        "names": session.last.history.preprocessing.input_names,
        "forecast": forecast.values.ravel().tolist(), "by_hand": by_hand.ravel().tolist(),
        "truth": truth.tolist(),
    }))
"""


def test_the_next_hours_are_those_that_the_network_gives_for_the_window_by_hand(
    finished: Finished,
) -> None:
    told = json.loads(run_python(finished.home, SCRIPT))
    assert told["names"][:2] == ["temperature", "load"]
    assert told["forecast"] == pytest.approx(told["by_hand"], rel=1e-5)
    errors = np.array(told["forecast"]) - np.array(told["truth"])
    assert np.abs(errors).max() < 8  # where the load spreads by 10
