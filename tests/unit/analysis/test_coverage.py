"""Every interval holds the truth in about 95 % of simulated experiments, or there is none."""

import pytest
from unit.analysis.coverage_cases import Case, cases, coverage

_DRAWS = 2000
CASES = list(cases())


@pytest.mark.verify
@pytest.mark.parametrize("case", CASES, ids=[f"{case.interval}: {case.setting}" for case in CASES])
def test_intervals_hold_the_truth_as_often_as_they_say(case: Case) -> None:
    held, known = coverage(case, _DRAWS)
    if not case.has_interval:
        assert known == 0
        return
    assert known == 1
    assert case.least <= held <= case.most


@pytest.mark.parametrize("name", ["accuracy", "ratio of times", "ROC area"])
def test_a_few_draws_of_an_interval_hold_the_truth(name: str) -> None:
    case = next(case for case in CASES if case.interval == name and case.has_interval)
    held, known = coverage(case, 200)
    assert known == 1
    assert held >= 0.88
