"""gate-studio doctor: what is here and what is missing."""

from importlib import metadata
from typing import Annotated, Any

import typer

from studio.cli.output import answer, answer_json

_NEEDED = ("torch", "numpy", "scipy", "pyarrow", "pydantic", "safetensors", "typer", "rich")
_FUSED = ("numba", "llvmlite")
_OPTIONAL = {
    "onnx": ("onnx", "export to ONNX"),
    "onnxruntime": ("onnx", "the check of an ONNX export"),
    "openpyxl": ("excel", "reading Excel workbooks"),
}


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False
) -> None:
    """Says which versions, devices, engines and folders there are, and what is missing.

    Example: gate-studio doctor
    """
    found = examine()
    if as_json:
        answer_json(found)
        return
    for title in ("environment", "versions", "devices", "folders"):
        answer(f"{title}:")
        for name, value in found[title].items():
            answer(f"  {name}: {value}")
    answer(f"engines: {', '.join(found['engines'])}")
    answer(f"fused engine: {found['fused']}")
    for missing in found["missing"]:
        answer(f"missing: {missing}")
    answer("Everything is here." if not found["missing"] else "")


def examine() -> dict[str, Any]:
    """What doctor reports, as plain values."""
    from studio.core.spec import MachineSpec  # noqa: PLC0415 - --help does without
    from studio.paths import resources, user_folders  # noqa: PLC0415 - likewise
    from studio.runs.compute import ComputeThread  # noqa: PLC0415 - likewise
    from studio.runs.kernels import describe_kernels  # noqa: PLC0415 - likewise
    from studio.runs.machine import describe_machine  # noqa: PLC0415 - likewise

    with ComputeThread() as compute:
        machine = describe_machine(MachineSpec(), compute)
    folders = user_folders()
    fused = describe_kernels(folders.cache)
    return {
        "environment": dict(machine.environment),
        "versions": {name: _version(name) for name in (*_NEEDED, *_FUSED, *_OPTIONAL)},
        "devices": {"cpu": f"{machine.environment['cores']} cores", "cuda": machine.cuda},
        "engines": list(machine.engines),
        "fused": fused,
        "folders": {
            "data": str(folders.data),
            "config": str(folders.config),
            "cache": str(folders.cache),
            "log": str(folders.log),
            "resources": str(resources()),
        },
        "missing": [f"the fused engine {fused}: pip install numba"] * fused.startswith("cannot")
        + [
            f"{name}, needed for {purpose}: pip install 'gate-studio[{extra}]'"
            for name, (extra, purpose) in _OPTIONAL.items()
            if _version(name) is None
        ],
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
