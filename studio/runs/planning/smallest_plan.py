"""Which comparison a search for the smallest hidden sizes needs next."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.analysis.summaries.comparability import comparison_key, comparison_key_of_plan
from studio.analysis.summaries.smallest_size import SmallestSize, best_of, size_trial
from studio.core.errors import SpecError
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.data import Dataset
from studio.runs.planning.plan import plan_for

_FEWEST_SEEDS = 2

Histories = Mapping[int, ComparisonHistory]


@dataclass(frozen=True)
class SmallestStep:
    """How far a search is.

    Attributes:
        spec: The comparison that is needed next; None at the end.
        unfinished: Its number in the session, where it has begun.
        sizes: What is known of each contender; empty before the largest sizes are trained.
        comparison: The comparison of the largest sizes, where it is complete.
    """

    spec: ComparisonSpec | None
    unfinished: int | None
    sizes: tuple[SmallestSize, ...]
    comparison: int | None = None


def refuse_smallest(spec: ComparisonSpec) -> None:
    """Raises SpecError where sizes cannot be compared with the best."""
    if spec.training.seeds < _FEWEST_SEEDS:
        raise SpecError(
            "needs several seeds, as a single one says nothing of its spread",
            remedy=f"Use at least {_FEWEST_SEEDS} seeds",
        )
    if spec.looks or spec.rates:
        raise SpecError(
            "cannot be combined with looks at the seeds or trials of learning rates",
            remedy="Search the sizes with a fixed number of seeds and set learning rates",
        )


def next_step(spec: ComparisonSpec, dataset: Dataset, histories: Histories) -> SmallestStep:
    """The next comparison: the largest sizes first, then halves of what is not known.

    Comparisons that the session has are not trained again.

    Args:
        spec: The comparison, whose hidden sizes are the largest.
        dataset: Its data.
        histories: All comparisons of the session by number.

    Raises:
        SpecError: A setting does not fit.
    """
    known = _Known(dataset, histories)
    largest = plan_for(spec, dataset).spec
    number = known.number_of(spec)
    if number is None or not histories[number].is_complete:
        return SmallestStep(spec, number, ())
    rounds = [histories[number]]
    while True:
        sizes = _sizes(rounds)
        following = _halves(largest, sizes)
        if following is None:
            return SmallestStep(None, None, sizes, number)
        own = known.number_of(following)
        if own is None or not histories[own].is_complete:
            return SmallestStep(following, own, sizes, number)
        rounds.append(histories[own])


def found_sizes(histories: Histories) -> tuple[SmallestSize, ...]:
    """What the searches in a session have found; of several searches the last.

    Args:
        histories: All comparisons of the session by number.

    Returns:
        Empty where there was no search, or no round of it is complete.
    """
    complete = [histories[number] for number in sorted(histories) if histories[number].is_complete]
    rounds = [history for history in complete if is_round(history.spec)]
    for reference in reversed([each for each in complete if not is_round(each.spec)]):
        own = [history for history in rounds if _belongs(history, reference)]
        if own:
            return _sizes([reference, *own])
    return ()


def _belongs(history: ComparisonHistory, reference: ComparisonHistory) -> bool:
    """Whether a round differs from a comparison in nothing but sizes and names."""
    sizes = {contender.name: contender.hidden_size for contender in reference.spec.contenders}
    original = []
    for tried in history.spec.contenders:
        name = tried.name.removesuffix(_called("", tried.hidden_size))
        if name not in sizes or tried.hidden_size >= sizes[name]:
            return False
        original.append(tried.model_copy(update={"name": name, "hidden_size": sizes[name]}))
    as_asked = {"name": reference.spec.name, "match": reference.spec.match}
    whole = history.spec.model_copy(update={"contenders": reference.spec.contenders, **as_asked})
    return whole == reference.spec and all(each in reference.spec.contenders for each in original)


class _Known:
    """The comparisons of a session by what they train."""

    def __init__(self, dataset: Dataset, histories: Histories) -> None:
        self._dataset = dataset
        finished_last = sorted(histories.items(), key=lambda item: item[1].is_complete)
        self._numbers = {
            (comparison_key(history), history.spec.training.seeds): number
            for number, history in finished_last
        }

    def number_of(self, spec: ComparisonSpec) -> int | None:
        plan = plan_for(spec, self._dataset)
        key = comparison_key_of_plan(plan.spec, plan.task), plan.spec.training.seeds
        return self._numbers.get(key)


def _sizes(rounds: list[ComparisonHistory]) -> tuple[SmallestSize, ...]:
    reference = rounds[0]
    best = best_of(reference)
    trials = {
        contender.name: [size_trial(reference, best, reference, contender, contender.name)]
        for contender in reference.contenders
    }
    for history in rounds[1:]:
        for tried in history.contenders:
            name = _owner(tried.spec, reference)
            trials[name].append(size_trial(reference, best, history, tried, name))
    return tuple(
        SmallestSize(name, tuple(sorted(own, key=lambda trial: trial.hidden_size)))
        for name, own in trials.items()
    )


def _owner(tried: ContenderSpec, reference: ComparisonHistory) -> str:
    """The contender that was trained at another size: the same but for size and name."""
    for contender in reference.contenders:
        if tried.name == _called(contender.name, tried.hidden_size):
            return contender.name
    raise KeyError(tried.name)


def is_round(spec: ComparisonSpec) -> bool:
    """Whether a comparison is of sizes that a search chose."""
    return all(each.name.endswith(_called("", each.hidden_size)) for each in spec.contenders)


def _called(name: str, hidden_size: int) -> str:
    return f"{name} of {hidden_size}"


def _halves(largest: ComparisonSpec, sizes: tuple[SmallestSize, ...]) -> ComparisonSpec | None:
    """The comparison of the sizes to try next; None where nothing is left to try."""
    wanted = {size.contender: size.next_size for size in sizes}
    contenders = [
        contender.model_copy(update={"hidden_size": units, "name": _called(contender.name, units)})
        for contender in largest.contenders
        if (units := wanted.get(contender.name)) is not None
    ]
    if not contenders:
        return None
    name = f"{largest.name}, smaller"
    update = {"contenders": tuple(contenders), "match": "hidden", "name": name}
    return largest.model_copy(update=update)
