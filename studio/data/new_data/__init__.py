"""New data for a trained model: read with a session's decisions, matched by column names."""

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Dataset, Series
from studio.data.new_data.example_inputs import example_inputs
from studio.data.new_data.forecast_windows import forecast_windows
from studio.data.new_data.new_data import NewData
from studio.data.new_data.next_inputs import next_inputs
from studio.data.transform.reinterpret import reinterpret

__all__ = ["NewData", "prepare_new_data"]


def prepare_new_data(dataset: Dataset, task: TaskSpec, preprocessing: Preprocessing) -> NewData:
    """New data as a trained model reads it; nothing is fitted to it.

    Args:
        dataset: The new data.
        task: The complete task of the model.
        preprocessing: What was fitted on the model's training set.

    Raises:
        DatasetError: The data lacks a column, or is too short.
        SpecError: The data cannot be read for the task.
    """
    if preprocessing.kind == "forecast":
        read = reinterpret(dataset, task)
        assert isinstance(read, Series)  # noqa: S101 - a forecast's data
        return forecast_windows(read, task, preprocessing)
    if preprocessing.predicts_next:
        return next_inputs(dataset, task, preprocessing)
    return example_inputs(dataset, task, preprocessing)
