"""From files and generators to prepared arrays; knows nothing of models."""

from studio.data.dataset import Column, Dataset, ExampleSet, Series
from studio.data.files.cache import Cache
from studio.data.formats import FORMATS, PLUGIN_FORMATS, Format
from studio.data.generators import GENERATORS, Generator, generate
from studio.data.inspection import find_problems, inspect
from studio.data.load import load, source_files
from studio.data.splitting.advice import folds_advice, proposed_folds, why_folds
from studio.data.tasks.plugin_tasks import PLUGIN_TASKS, PluginTask
from studio.data.tasks.prepare import prepare, prepare_whole
from studio.data.tasks.resolve_task import TASKS, detect_task

__all__ = [
    "FORMATS",
    "GENERATORS",
    "PLUGIN_FORMATS",
    "PLUGIN_TASKS",
    "TASKS",
    "Cache",
    "Column",
    "Dataset",
    "ExampleSet",
    "Format",
    "Generator",
    "PluginTask",
    "Series",
    "detect_task",
    "find_problems",
    "folds_advice",
    "generate",
    "inspect",
    "load",
    "prepare",
    "prepare_whole",
    "proposed_folds",
    "source_files",
    "why_folds",
]
