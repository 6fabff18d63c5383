"""How forms show values; those that are not listed are shown as they are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "kind": {
            "forecast": "forecasting",
            "classify": "classification",
            "regress": "regression",
            "tag": "sequence tagging",
            "next-token": "next symbol",
            "next-step": "next 0/1 row (piano roll)",
            "track": "number at each step",
        },
        "scaling": {
            "standard": "standard (mean 0, SD 1)",
            "min-max": "min-max (0 to 1)",
            "robust": "robust (median 0, IQR 1)",
            "none": "none",
        },
        "pooling": {
            "last": "last step",
            "mean": "mean over steps",
            "max": "maximum over steps",
            "attention": "attention",
        },
        "optimizer": {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"},
        "schedule": {
            "constant": "constant",
            "cosine": "cosine decay",
            "plateau": "reduce on plateau",
        },
        "output_bias": {"training-set": "from the training set", "random": "random"},
        "loss": {
            "squared": "squared error (numbers)",
            "absolute": "absolute error (numbers)",
            "huber": "Huber (numbers)",
            "quantiles": "quantiles (numbers)",
            "cross-entropy": "cross-entropy (classes)",
            "label-smoothing": "label smoothing (classes)",
            "focal": "focal (classes)",
        },
        "match": {
            "hidden": "same hidden size",
            "parameters": "same parameters",
            "compute": "same compute",
            "time": "same time",
        },
        "device": {"auto": "automatic", "cpu": "CPU", "cuda": "GPU (CUDA)"},
        "engine": {
            "auto": "automatic",
            "fused": "fused kernels",
            "torch": "PyTorch",
        },
        "decimal": {".": "point", ",": "comma"},
        "thousands": {
            "none": "none",
            ".": "point",
            ",": "comma",
            " ": "space",
            "'": "apostrophe",
            "_": "underscore",
        },
        "layout": {
            "columns": "one series, a column for each channel",
            "rows": "a series in each row",
            "long": "several series, a row for each step",
            "examples": "an example in each row",
        },
        "order": {"by-time": "in order of time", "as-is": "as in the file"},
        "marks": {"strip": "removed", "keep": "kept as text"},
        "mixed": {
            "majority": "class of most steps",
            "last": "class of the last step",
            "drop": "left out",
        },
        "split_series": {
            "by-time": "each series in time",
            "by-series": "whole series",
        },
        "scale_by": {"all": "all series", "series": "each series"},
        "duplicates": {"keep": "keep", "drop": "drop duplicates"},
        "missing": {
            "refuse": "refuse",
            "drop": "drop examples",
            "forward": "carry last value forward",
            "interpolate": "interpolate",
            "mask": "mean + missing-value mask",
        },
        "kept": {"first": "first steps", "last": "last steps"},
        "metric": {
            "accuracy": "accuracy",
            "balanced_accuracy": "balanced accuracy",
            "macro_f1": "macro F1",
            "roc_auc": "ROC area",
            "pr_auc": "PR area",
            "nll": "negative log-likelihood",
            "perplexity": "perplexity",
            "rmse": "RMSE",
            "mae": "MAE",
            "mase": "MASE",
            "pinball": "pinball loss",
        },
        "class_weights": {"none": "none", "balanced": "balanced"},
        "symbols": {"one-hot": "one-hot", "embedding": "embedding"},
        "precision": {
            "float32": "float32",
            "tf32": "TF32 (CUDA)",
            "bf16": "bfloat16 (CUDA)",
            "fp16": "float16 (CUDA)",
        },
        "tokens": {"characters": "characters", "words": "words", "bytes": "bytes"},
    }
)


def value_label(field: str, value: Any) -> str:  # noqa: ANN401 - any choice
    return CHOICES.get(field, {}).get(str(value), str(value))
