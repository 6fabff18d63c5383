"""Corrections for multiple testing."""


def holm(probabilities: list[float], level: float = 0.05) -> list[bool]:
    """Which null hypotheses are rejected by Holm's step-down rule (1979).

    The family-wise error rate is at most the level, whatever the dependence between tests.
    """
    rejected = [False] * len(probabilities)
    remaining = len(probabilities)
    for index in sorted(range(remaining), key=probabilities.__getitem__):
        if probabilities[index] > level / remaining:
            break
        rejected[index] = True
        remaining -= 1
    return rejected
