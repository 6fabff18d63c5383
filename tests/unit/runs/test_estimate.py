from running import small_spec
from support import toy_task

from studio.core.errors import MachineError
from studio.core.specs.comparison_spec import MachineSpec
from studio.runs.planning.estimate import measure_steps
from studio.runs.planning.plan import make_plan


def test_every_contender_gets_a_step_time() -> None:
    plan = make_plan(small_spec())
    times = measure_steps(plan.spec, plan.task, lambda: True)
    assert set(times.seconds) == {"GRU", "LSTM"}
    assert all(0 < seconds < 5 for seconds in times.seconds.values())
    assert times.problem == ""


def test_an_estimate_stops_as_soon_as_it_is_not_wanted() -> None:
    plan = make_plan(small_spec())
    asked: list[bool] = []

    def is_wanted() -> bool:
        asked.append(True)
        return len(asked) < 3

    times = measure_steps(plan.spec, plan.task, is_wanted)
    assert times.seconds == {}
    assert len(asked) <= 5


def test_a_missing_device_is_reported() -> None:
    spec = small_spec().model_copy(update={"machine": MachineSpec(device="cuda")})
    times = measure_steps(spec, toy_task(), lambda: True)
    assert times.problem or times.seconds
    assert MachineError.__name__ not in times.problem
