"""A search from its first trial to the comparison of the best settings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from studio.core.errors import SpecError
from studio.core.results.study import Study, Trial
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec, MachineSpec
from studio.runs.tuning.makers import GoesOn, TrialMaker
from studio.runs.tuning.sampling import draw, groups, limits
from studio.runs.tuning.trial_run import TrialOrder

_SEEDS_APART = 100_000
"""Between the seeds that are judged and those of trials, so that the choice biases no verdict."""


@dataclass(frozen=True)
class Search:
    """A search at work.

    Attributes:
        study: What it has found so far.
        maker: Who makes its trials.
        machine: Device, engine and threads of a trial.
        record: Called with every trial that has ended.
        goes_on: Asked between steps.
    """

    study: Study
    maker: TrialMaker
    machine: MachineSpec
    record: Callable[[Trial], None]
    goes_on: GoesOn

    def run(self) -> Study:
        """Makes the trials that are missing, contender by contender in each group."""
        study = self.study
        for numbers in groups(study.search):
            orders = [
                order
                for place, contender in enumerate(study.spec.contenders)
                for order in self._orders(study, contender, place, numbers)
            ]
            for trial in self.maker.make(orders, self.goes_on):
                self.record(trial)
                study = replace(study, trials=(*study.trials, trial))
            if not self.goes_on():
                break
        return study

    def _orders(
        self, study: Study, contender: ContenderSpec, place: int, numbers: range
    ) -> list[TrialOrder]:
        """The trials of a group that have not ended; drawn from the groups before it alone."""
        own = study.of(contender.name)
        before = [trial for trial in own if trial.number < numbers.start]
        done = {trial.number for trial in own}
        training = study.spec.training.model_copy(update={"seconds": None})
        bounds = limits(study.search, training.epochs, before)
        return [
            TrialOrder(
                trial=Trial(contender.name, number, settings, "finished", ()),
                contender=contender.model_copy(update=settings),
                training=training,
                machine=self.machine,
                limits=bounds,
                seed=training.first_seed + _SEEDS_APART + number,
            )
            for number, settings in zip(
                numbers, draw(study.search, numbers, before, place), strict=True
            )
            if number not in done
        ]


def refuse_search(spec: ComparisonSpec, validation_examples: int) -> None:
    """Raises SpecError where settings cannot be searched."""
    if not validation_examples:
        raise SpecError(
            "settings are chosen on the validation set, which is empty",
            where="split",
            remedy="Give the validation set a share of the split",
        )
    if spec.rates or spec.match != "hidden":
        what = "learning rates to try" if spec.rates else f"the match by {spec.match}"
        raise SpecError(
            f"a search does not go with {what}",
            where="rates" if spec.rates else "match",
            remedy="Leave it out",
        )


def tuned_comparison(study: Study) -> ComparisonSpec:
    """The comparison of the best settings of each contender, with its own seeds.

    Raises:
        SpecError: A contender has no trial that could be validated.
    """
    contenders = []
    for contender in study.spec.contenders:
        best = study.best(contender.name)
        if best is None:
            raise SpecError(
                f"no trial of {contender.name} could be validated",
                where="search",
                remedy="Search smaller learning rates",
            )
        contenders.append(contender.model_copy(update=dict(best.settings)))
    return study.spec.model_copy(
        update={
            "contenders": tuple(contenders),
            "searched": tuple(setting.name for setting in study.search.settings),
            "search_trials": study.search.count,
        }
    )
