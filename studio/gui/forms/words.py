"""How values are said in forms; what is not listed here is shown as it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from studio.core.spec import DEFAULT_SECONDS

CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "kind": {
            "forecast": "forecast the next steps",
            "classify": "name the class",
            "regress": "estimate numbers",
            "tag": "tag each step",
            "next-token": "next letter or word",
            "next-step": "next step",
        },
        "scaling": {
            "standard": "mean 0, spread 1",
            "min-max": "lowest 0, highest 1",
            "robust": "median 0, quartiles 1 apart",
            "none": "none",
        },
        "pooling": {
            "last": "last step",
            "mean": "mean of all steps",
            "max": "largest of all steps",
            "attention": "attention",
        },
        "optimizer": {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"},
        "schedule": {
            "constant": "constant",
            "cosine": "falls along a cosine",
            "plateau": "falls when stuck",
        },
        "match": {
            "hidden": "same hidden size",
            "parameters": "same parameters",
            "compute": "same compute",
            "time": "same time",
        },
        "device": {"auto": "automatic", "cpu": "processor (CPU)", "cuda": "graphics card (CUDA)"},
        "engine": {
            "auto": "automatic",
            "fused": "fused, all cells alike",
            "torch": "PyTorch's own",
        },
        "decimal": {".": "point", ",": "comma"},
        "duplicates": {"keep": "keep", "drop": "drop repetitions"},
        "missing": {
            "refuse": "refuse gaps",
            "drop": "drop examples with gaps",
            "forward": "carry the last value on",
            "interpolate": "interpolate",
            "mask": "mean, and a channel that tells",
        },
        "kept": {"first": "first steps", "last": "last steps"},
        "class_weights": {"none": "all the same", "balanced": "each class counts the same"},
        "symbols": {"one-hot": "a channel for each", "embedding": "an embedding"},
        "precision": {
            "float32": "32 bits",
            "tf32": "TF32 (CUDA)",
            "bf16": "bfloat16 (CUDA)",
            "fp16": "16 bits (CUDA)",
        },
        "tokens": {"characters": "characters", "words": "words", "bytes": "bytes"},
    }
)

EMPTY: Mapping[str, str] = MappingProxyType(
    {
        "steps": "no limit",
        "patience": "never early",
        "clip": "off",
        "forget_bias": "PyTorch's",
        "nonlinearity": "tanh",
        "threads": "all cores",
        "margin": "the metric's own",
        "delimiter": "found",
        "encoding": "UTF-8",
        "longest": "whole",
        "vocabulary": "all",
        "folds": "divided once",
        "training_examples": "all",
        "header": "found out",
        "decimal": "found",
        "resample": "as it is",
        "labels": "from the headers",
        "sheet": "the first",
        "sample_rate": "the lowest",
        "seconds": f"{DEFAULT_SECONDS} s",
    }
)


def said(field: str, value: Any) -> str:  # noqa: ANN401 - any choice
    """A choice in words."""
    return CHOICES.get(field, {}).get(str(value), str(value))


def when_empty(field: str) -> str:
    """What an optional field means while it is blank."""
    return EMPTY.get(field, "automatic")
