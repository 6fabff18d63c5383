"""From a spec to everything that a comparison needs before its first run."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from studio.analysis import baselines
from studio.core.division import Division
from studio.core.errors import DatasetError
from studio.core.examples import Examples, PreparedTask
from studio.core.fitting import refuse_unfit
from studio.core.history import DivisionRecord
from studio.core.record import EMBED_LIMIT, DatasetRecord, KeptExample, NewComparison, Size
from studio.core.sizes import size_of
from studio.core.spec import ComparisonSpec
from studio.data import Cache, Dataset, inspect, load, prepare, source_files
from studio.runs.divisions import Tasks, tasks_of
from studio.runs.matching import match_contenders

_KEPT_OF_A_PART = 8


@dataclass(frozen=True, eq=False)
class Plan:
    """A comparison ready to train.

    Attributes:
        spec: With everything that was detected and matched filled in.
        task: The prepared data, of the first division where there are several.
        dataset: What was loaded.
    """

    spec: ComparisonSpec
    task: PreparedTask
    dataset: Dataset

    @property
    def sizes(self) -> Mapping[str, Size]:
        """Exact sizes by contender name."""
        preparation = self.task.preparation
        return {spec.name: size_of(spec, preparation) for spec in self.spec.contenders}

    def record(
        self,
        environment: Mapping[str, str],
        *,
        embed: bool = True,
        known: Future[DatasetRecord] | None = None,
    ) -> NewComparison:
        """What the session is given before the first run; hashes files, scores the baselines.

        Args:
            environment: Versions and hardware.
            embed: Whether small datasets are embedded in the session.
            known: How a session remembers this dataset; it is used where a file is gone since.

        Raises:
            DatasetError: A file of the dataset cannot be read any more.
        """
        schema = inspect(self.dataset)
        try:
            files = source_files(self.spec.dataset, EMBED_LIMIT if embed else 0)
        except DatasetError:
            if known is None or known.result().schema != schema:
                raise
            files = known.result().files
        dataset = DatasetRecord(self.task.name, self.spec.dataset, schema, files)
        return NewComparison(
            spec=self.spec,
            dataset=dataset,
            preparation=self.task.preparation,
            part_sizes={name: len(part) for name, part in self.task.parts.items()},
            test_truth=self.task.test.truth,
            test_positions=self.task.test.positions,
            examples=tuple(_kept(self.task)),
            sizes=self.sizes,
            baselines=baselines(self.task),
            environment=environment,
            further=tuple(map(self._division, self.spec.task.divisions[1:])),
        )

    @property
    def tasks(self) -> Tasks:
        """The prepared data of each division."""
        return tasks_of(self.dataset, self.spec.task, self.task)

    def _division(self, division: Division) -> DivisionRecord:
        task = self.tasks(division)
        return DivisionRecord(
            division=division,
            part_sizes={name: len(part) for name, part in task.parts.items()},
            preparation=task.preparation,
            test_truth=task.test.truth,
            test_positions=task.test.positions,
            baselines=baselines(task),
        )


def make_plan(spec: ComparisonSpec, cache: Cache | None = None) -> Plan:
    """Loads the data, through the cache if there is one, and plans the comparison.

    Imports no torch.

    Raises:
        DatasetError: The data cannot be read or used.
        SpecError: A setting does not fit the data.
    """
    return plan_for(spec, load(spec.dataset, cache))


def plan_for(spec: ComparisonSpec, dataset: Dataset) -> Plan:
    """Prepares loaded data and sizes the contenders; fields that are None are detected.

    Raises:
        DatasetError: The data cannot be used.
        SpecError: A setting does not fit the data.
    """
    task, resolved = prepare(dataset, spec.task)
    refuse_unfit(spec.contenders, task.preparation)
    contenders = match_contenders(spec.contenders, spec.match, task.preparation)
    update = {"name": spec.name or task.name, "task": resolved, "contenders": contenders}
    return Plan(spec.model_copy(update=update), task, dataset)


def _kept(task: PreparedTask) -> Iterator[KeptExample]:
    for name, part in task.parts.items():
        for index in _spread(part):
            yield KeptExample(name, index, part.sequence(index), part.truth_of(index))


def _spread(part: Examples) -> list[int]:
    """A few example numbers spread evenly over a part."""
    count = min(len(part), _KEPT_OF_A_PART)
    return [index * len(part) // count for index in range(count)]
