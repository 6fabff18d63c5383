"""Plans a comparison: data, settings and sizes, ready for its first run."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from studio.analysis import score_baselines
from studio.core.errors import DatasetError
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.task_checks import refuse_unsuitable_networks
from studio.core.results.history import FoldRecord
from studio.core.results.missing_cells import cell_packages
from studio.core.results.model_size import size_of
from studio.core.results.record import (
    EMBED_LIMIT,
    DatasetRecord,
    ModelSize,
    NewComparison,
    StoredExample,
)
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.fold_ids import FoldId
from studio.data import Cache, Dataset, inspect, load, prepare, source_files
from studio.runs.planning.fold_tasks import Tasks, fold_tasks
from studio.runs.planning.matching import match_contenders

_STORED_PER_SET = 8


@dataclass(frozen=True, eq=False)
class Plan:
    """A comparison ready to train.

    Attributes:
        spec: The comparison with detected and matched settings filled in.
        task: The prepared data, of the first fold where there are several.
        dataset: The loaded dataset.
    """

    spec: ComparisonSpec
    task: PreparedTask
    dataset: Dataset

    @property
    def sizes(self) -> Mapping[str, ModelSize]:
        """Exact sizes by contender name."""
        preprocessing = self.task.preprocessing
        return {spec.name: size_of(spec, preprocessing) for spec in self.spec.contenders}

    def record(
        self,
        environment: Mapping[str, str],
        *,
        embed: bool = True,
        known: Future[DatasetRecord] | None = None,
    ) -> NewComparison:
        """The comparison's record for the session; hashes files and scores the baselines.

        Args:
            environment: Versions and hardware.
            embed: Whether small datasets are embedded in the session.
            known: The dataset's record in a session, used where a file is missing by now.

        Raises:
            DatasetError: A file of the dataset can no longer be read.
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
            preprocessing=self.task.preprocessing,
            part_sizes={name: len(part) for name, part in self.task.parts.items()},
            test_truth=self.task.test.targets_in_units,
            test_positions=self.task.test.positions,
            examples=tuple(_stored_examples(self.task)),
            sizes=self.sizes,
            baselines=score_baselines(self.task),
            environment={**environment, **cell_packages(self.spec.contenders)},
            further=tuple(map(self._fold_record, self.spec.task.fold_ids[1:])),
        )

    @property
    def tasks(self) -> Tasks:
        """The prepared data of each fold."""
        return fold_tasks(self.dataset, self.spec, self.task)

    def _fold_record(self, fold_id: FoldId) -> FoldRecord:
        task = self.tasks(fold_id)
        return FoldRecord(
            fold_id=fold_id,
            part_sizes={name: len(part) for name, part in task.parts.items()},
            preprocessing=task.preprocessing,
            test_truth=task.test.targets_in_units,
            test_positions=task.test.positions,
            baselines=score_baselines(task),
        )


def make_plan(spec: ComparisonSpec, cache: Cache | None = None) -> Plan:
    """Loads the data, with a cache if given, and plans the comparison.

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
    task, resolved = prepare(dataset, spec.task, training=spec.training)
    refuse_unsuitable_networks(spec.contenders, task.preprocessing)
    contenders = match_contenders(spec.contenders, spec.match, task.preprocessing)
    update = {"name": spec.name or task.name, "task": resolved, "contenders": contenders}
    return Plan(spec.model_copy(update=update), task, dataset)


def _stored_examples(task: PreparedTask) -> Iterator[StoredExample]:
    for name, part in task.parts.items():
        for index in _spread_indices(part):
            yield StoredExample(
                name,
                index,
                part.sequence(index),
                part.targets_of(index),
                int(part.positions[index]),
            )


def _spread_indices(part: Examples) -> list[int]:
    """A few example indices spread evenly over a set."""
    count = min(len(part), _STORED_PER_SET)
    return [index * len(part) // count for index in range(count)]
