"""From a spec to everything that a comparison needs before its first run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from studio.analysis import baselines
from studio.core.examples import Examples, PreparedTask
from studio.core.record import EMBED_LIMIT, DatasetRecord, KeptExample, NewComparison
from studio.core.sizes import size_of
from studio.core.spec import ComparisonSpec
from studio.data import inspect, load, prepare, source_files
from studio.runs.matching import match_contenders

_KEPT_OF_A_PART = 8


@dataclass(frozen=True)
class Plan:
    """A comparison ready to train.

    Attributes:
        spec: With everything that was detected and matched filled in.
        task: The prepared data.
        dataset: The dataset as the session will remember it.
    """

    spec: ComparisonSpec
    task: PreparedTask
    dataset: DatasetRecord

    def record(self, environment: Mapping[str, str]) -> NewComparison:
        """What the session is given before the first run; scores the baselines."""
        preparation = self.task.preparation
        test = self.task.test
        return NewComparison(
            spec=self.spec,
            dataset=self.dataset,
            preparation=preparation,
            part_sizes={name: len(part) for name, part in self.task.parts.items()},
            test_truth=test.truth,
            test_positions=test.positions,
            examples=tuple(_kept(self.task)),
            sizes={spec.name: size_of(spec, preparation) for spec in self.spec.contenders},
            baselines=baselines(self.task),
            environment=environment,
        )


def make_plan(spec: ComparisonSpec, *, embed: bool = True) -> Plan:
    """Loads and prepares the data and sizes the contenders; imports no torch.

    Args:
        spec: The comparison; fields that are None are detected.
        embed: Whether small datasets are embedded in the session.

    Raises:
        DatasetError: The data cannot be read or used.
        SpecError: A setting does not fit the data.
    """
    dataset = load(spec.dataset)
    task, resolved = prepare(dataset, spec.task)
    contenders = match_contenders(spec.contenders, spec.match, task.preparation)
    filled = spec.model_copy(
        update={"name": spec.name or task.name, "task": resolved, "contenders": contenders}
    )
    record = DatasetRecord(
        name=task.name,
        spec=spec.dataset,
        schema=inspect(dataset),
        files=source_files(spec.dataset, EMBED_LIMIT if embed else 0),
    )
    return Plan(filled, task, record)


def _kept(task: PreparedTask) -> Iterator[KeptExample]:
    for name, part in task.parts.items():
        for index in _spread(part):
            yield KeptExample(name, index, part.sequence(index), part.truth[index])


def _spread(part: Examples) -> list[int]:
    """A few example numbers spread evenly over a part."""
    count = min(len(part), _KEPT_OF_A_PART)
    return [index * len(part) // count for index in range(count)]
