"""The tests for overlapping splits reproduce published values.

published_folds.csv holds scores of ten times ten folds, a row each. Naive Bayes (nbc) and AODE in
per cent of accuracy: the data of baycomp's quick guide, three of its 54 data sets under the names
that it gives them, measured by Weka (Benavoli, Corani, Demsar and Zaffalon, Time for a Change,
Journal of Machine Learning Research 18, 2017). Two support vector machines by ROC area:
scikit-learn's example "Statistical comparison of models using grid search", run with version 1.9.1.
"""

from pathlib import Path

import numpy as np
import pytest

from studio.analysis.scores.corrected_t_test import corrected_posterior, corrected_resampled_test
from studio.core.arrays import Doubles

TEN_FOLDS = 0.1
"""Test share. baycomp and the tutorial speak of a correlation, which is the same number; Weka and
scikit-learn of test examples over training examples, which is 1/9."""


def scores(name: str) -> Doubles:
    path = Path(__file__).with_name("published_folds.csv")
    columns = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=columns.index(name))


def differences(data: str) -> Doubles:
    """The second minus the first, as baycomp takes it: above zero AODE is the better."""
    return scores(f"{data} aode") - scores(f"{data} nbc")


def test_probabilities_without_a_margin_equal_baycomps_guide() -> None:
    """Guide, "Comparison of two classifiers on a single data set": two_on_single(runs=10)."""
    assert scores("sonar nbc").mean() == pytest.approx(92.19582)
    assert scores("sonar aode").mean() == pytest.approx(93.30815)
    result = corrected_posterior(differences("sonar"), TEN_FOLDS, margin=0.0)
    assert result.below == pytest.approx(0.024471493163386815, rel=1e-12)
    assert result.above == pytest.approx(0.97552850683661319, rel=1e-12)
    assert result.same == pytest.approx(0, abs=1e-12)


def test_probabilities_with_a_margin_equal_baycomps_guide() -> None:
    """The same with rope=0.5: the margin is baycomp's rope, half the width of the region."""
    result = corrected_posterior(differences("sonar"), TEN_FOLDS, margin=0.5)
    assert result.below == pytest.approx(0.0023685180162288377, rel=1e-12)
    assert result.same == pytest.approx(0.13517773046085313, rel=1e-12)
    assert result.above == pytest.approx(0.86245375152291803, rel=1e-12)


def test_probabilities_equal_those_that_baycomp_computes() -> None:
    """Not in its guide: from running two_on_single(runs=10, rope=1) of baycomp 1.0.3."""
    squash = corrected_posterior(differences("squash"), TEN_FOLDS, margin=1.0)
    assert squash.below == pytest.approx(0.11325090670350879, rel=1e-12)
    assert squash.same == pytest.approx(0.08593433422296615, rel=1e-12)
    assert squash.above == pytest.approx(0.8008147590735251, rel=1e-12)


def test_probabilities_equal_the_tutorials_notebook() -> None:
    """ "Correlated t-test for comparing classifiers performance on the same dataset", Anneal.

    It was given more digits than the three that baycomp's data have, hence the tolerance.
    """
    result = corrected_posterior(differences("anneal"), TEN_FOLDS, margin=1.0)
    assert result.above == pytest.approx(0.9542966354882696, abs=2e-5)
    assert result.same == pytest.approx(0.04570306097263277, abs=2e-5)
    assert result.below == pytest.approx(3.0353909763469744e-07, rel=0.01)


def test_mean_scale_and_freedom_of_the_posterior_equal_the_tutorial() -> None:
    """Julia's "Notebook3 Bayesian analysis of Squash dataset", which scores from 0 to 1."""
    result = corrected_resampled_test(-differences("squash") / 100, TEN_FOLDS)
    assert result.difference.value == pytest.approx(-0.055999993896000376, abs=1e-7)
    scale = result.difference.value / result.t
    assert scale == pytest.approx(0.05423222985646852, abs=1e-7)
    assert result.freedom == 99


@pytest.mark.parametrize(("data", "p"), [("anneal", 0.001), ("squash", 0.304), ("sonar", 0.049)])
def test_two_sided_p_values_equal_the_tutorials_table(data: str, p: float) -> None:
    """Julia's "Notebook1", p-values of nbc vs. aode; what baycomp calls sonar is soybean there."""
    assert round(corrected_resampled_test(differences(data), TEN_FOLDS).p, 3) == p


@pytest.mark.parametrize(
    ("data", "p", "differs"),
    [
        ("sonar", 0.048942986326774116, True),
        ("squash", 0.30430883980882445, False),
        ("anneal", 6.538150097964423e-4, True),
    ],
)
def test_the_corrected_test_equals_weka(data: str, p: float, *, differs: bool) -> None:
    """From running PairedStatsCorrected(0.05, 1/9) of Weka 3.6.14 on the same folds."""
    result = corrected_resampled_test(differences(data), TEN_FOLDS)
    assert result.p == pytest.approx(p, rel=1e-9)
    assert result.difference.excludes_zero == differs


def test_the_corrected_test_equals_scikit_learns_example() -> None:
    """Corrected t 0.750 and p 0.227, uncorrected 2.611 and 0.005; p is one-sided there."""
    gains = scores("moons rbf") - scores("moons linear")
    result = corrected_resampled_test(gains, TEN_FOLDS)
    assert (round(result.t, 3), round(result.p / 2, 3)) == (0.750, 0.227)
    ends = (result.difference.low, result.difference.high)
    assert ends == pytest.approx((-0.016445, 0.036445), abs=5e-7)
    half = corrected_resampled_test(gains, TEN_FOLDS, level=0.5).difference
    assert (half.low, half.high) == pytest.approx((0.000977, 0.019023), abs=5e-7)
    plain = corrected_resampled_test(gains, 0.0)
    assert (round(plain.t, 3), round(plain.p / 2, 3)) == (2.611, 0.005)


def test_the_probabilities_equal_scikit_learns_example() -> None:
    """Its pairwise table: worse 0.068, better 0.500, equivalent within 0.01 0.432."""
    result = corrected_posterior(
        scores("moons rbf") - scores("moons linear"), TEN_FOLDS, margin=0.01
    )
    assert (round(result.below, 3), round(result.same, 3)) == (0.068, 0.432)
    assert result.above == pytest.approx(0.5, abs=5e-4)


def test_the_corrected_test_equals_the_r_package_correctr() -> None:
    """Its introduction: resampled_ttest(x, y, n = 30, n1 = 80, n2 = 20), 2.407318 and 0.02265982.

    published_draws.csv holds x and y as R 3.6 and later draw them: set.seed(123),
    rnorm(30, 0.6, 0.1), rnorm(30, 0.4, 0.1).
    """
    path = Path(__file__).with_name("published_draws.csv")
    x, y = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    result = corrected_resampled_test(x - y, 20 / (80 + 20))
    assert result.t == pytest.approx(2.407318, abs=1e-5)
    assert result.p == pytest.approx(0.02265982, abs=1e-6)
