"""Looking at a verdict several times while seeds are added, without making winners by it."""

from dataclasses import dataclass

from studio.core.history import ComparisonHistory

ALPHA = 0.05


@dataclass(frozen=True)
class Looks:
    """The looks at a comparison.

    A verdict that is looked at after 3, 5, 8, ... seeds, until it comes out as hoped for, names a
    winner too often where there is none (Armitage, McPherson and Rowe, Repeated Significance
    Tests on Accumulating Data, JRSS A 132, 1969). Boundaries such as O'Brien and Fleming's, or
    alpha spending (Lan and DeMets, Biometrika 70, 1983), need increments that are independent or
    whose correlation is known. Here they are not: every look judges the same test examples,
    whose part in the error does not shrink with more seeds. Bonferroni's inequality holds
    whatever ties the looks together: each of the planned ones has an equal share of 5 %.

    Attributes:
        planned: Numbers of seeds after which it is looked; () where it is looked once, at the end.
        done: Seeds of which every run has ended or failed.
        before: Seeds after which it had been looked at, at 5 %, before the looks were planned;
            None where they were planned first.
    """

    planned: tuple[int, ...]
    done: int
    before: int | None = None

    @property
    def level(self) -> float:
        """What the chance of a false winner may be in one look."""
        return ALPHA / max(1, len(self.planned))

    @property
    def taken(self) -> int:
        """Looks so far; one that comes early, as time is up, takes the place of the next."""
        full = [seeds for seeds in self.planned if seeds <= self.done]
        is_early = bool(self.done) and self.done not in self.planned
        return min(len(full) + is_early, len(self.planned))

    @property
    def sentence(self) -> str:
        """How many looks there were and how each was judged, or ""."""
        if not self.planned:
            return ""
        return (
            f"{self._start}Look {self.taken} of at most {len(self.planned)}, after "
            f"{', '.join(map(str, self.planned[: self.taken]))} seeds as planned; each is judged "
            f"at {self.level:.2g} instead of {ALPHA} (Bonferroni), so that looking often makes no "
            f"winner{self._more}."
        )

    @property
    def _start(self) -> str:
        if self.before is None:
            return ""
        return f"After {self.before} seeds it was looked at before more looks were planned. "

    @property
    def _more(self) -> str:
        """The first look was at the whole 5 %; each of those to come adds its share."""
        if self.before is None:
            return ""
        later = sum(seeds > self.before for seeds in self.planned)
        return f" in more than {ALPHA + later * self.level:.0%}".replace("%", " %") + " of cases"


def looks_of(history: ComparisonHistory) -> Looks:
    """The looks at a comparison so far."""
    seeds = history.spec.training.seed_list
    left = {
        run.run.seed
        for contender in history.contenders
        for run in contender.runs
        if not run.has_ended and run.status != "failed"
    }
    done = sum(seed not in left for seed in seeds)
    return Looks(history.spec.looks or (), done, history.spec.looked)
