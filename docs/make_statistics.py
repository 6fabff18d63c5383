# ruff: noqa: E501 - rows of Markdown tables
"""Makes docs/statistics.md: what each interval means, and how often it holds the truth.

python docs/make_statistics.py; takes a minute or two.
"""

import sys
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from unit.analysis.coverage_cases import Case, cases, coverage

OUT = Path(__file__).parent / "statistics.md"
DRAWS = 4000
_HEAD = """# Statistics

What the intervals and verdicts of Gate Studio mean, how they are computed, and how often they hold
the truth in simulated experiments whose truth is known. `make verify` runs these simulations;
`python docs/make_statistics.py` makes this page.

## Intervals

All intervals are 95 % confidence intervals.

| interval | holds for | computed by | source |
| --- | --- | --- | --- |
| mean over seeds and examples | other seeds and other examples of the same kind | crossed random effects; each variance component is widened by Student's quantile for its own degrees of freedom | Searle, Casella and McCulloch 1992; Zou and Donner 2008 |
| accuracy, and differences of it | the same | as above; the variance of the examples is at least that of one error (half an error for a difference), so that no error does not mean certainty | after Agresti and Coull 1998; Agresti and Min 2005 |
| balanced accuracy, macro F1, ROC and PR areas | the same | influence of each example (DeLong for ROC areas), with the degrees of freedom of the rarest class; with one test example of a class there is no interval | DeLong, DeLong and Clarke-Pearson 1988; Shao and Tu 1995 |
| RMSE of windows, and differences of it | other seeds, and other times of the same series | as the mean, over blocks of neighbouring windows; with a single block there is no interval | Künsch 1989; Carlstein 1986; Ibragimov and Müller 2010 |
| scores over folds that share training examples | other splits of the same data | corrected resampled t-test | Nadeau and Bengio 2003 |
| ratio of times | networks made anew on this machine, in this start of the program | ratios within rounds, each pair of runs counted once; with one pair of runs for that pair alone | Student's t of logarithms |
| ratio of latencies | the same | the median of each segment counts once | Student's t of logarithms |
| time of a step | rounds of this comparison | order statistics around the median, from six rounds on | Conover 1999, 3.2 |
| training time | other runs on this machine | Student's t over runs | |
| limit set by the test set | any number of seeds on these test examples | the variance component of the examples; where it cannot be told from the rest (F test), an upper bound, called "at most" | |

## Verdicts

- *Better* and *practically the same* follow from the interval of the difference; with several pairs Holm's rule, with interim looks Bonferroni's ([ADR 42](adr/0042-interim-looks.md)).
- A contender that was still improving when training ended neither beats nor loses to one that was not ([Training](guide/training.md#trained-to-the-end)).
- Over several datasets, contenders are ranked: Friedman's test with Iman and Davenport's statistic, and Nemenyi's critical difference (Demšar 2006), from five datasets and three contenders on.
- `make verify` asks that at most 5 % of simulated comparisons without a difference name a winner.

## Coverage

The share of simulated experiments whose interval holds the truth. Each row has a standard error of
about 0.35 percentage points. Values above 98 % are those of few errors, few examples of a class,
or two seeds, where nothing narrower is safe. Values below 93 % are known limits: few windows whose
errors are strongly autocorrelated.

| interval | experiment | coverage |
| --- | --- | --- |
"""


def page() -> str:
    """The page; each case is simulated."""
    rows = []
    for name, group in groupby(cases(), key=lambda case: case.interval):
        rows += [f"| {name} | {case.setting} | {_coverage(case)} |" for case in group]
    return _HEAD + "\n".join(rows) + "\n"


def _coverage(case: Case) -> str:
    held, known = coverage(case, DRAWS)
    return f"{100 * held:.1f} %" if known else "no interval"


if __name__ == "__main__":
    OUT.write_text(page(), encoding="utf-8")
    print(f"wrote {OUT}")
