"""gate-studio doctor: what is installed and what is missing."""

from importlib import metadata
from typing import Annotated, Any

import typer

from studio.cli.output import print_json, print_result

_NEEDED = ("torch", "numpy", "scipy", "pyarrow", "pydantic", "safetensors", "typer", "rich")
_FUSED = ("numba", "llvmlite")
_OPTIONAL = {
    "onnx": ("onnx", "export to ONNX"),
    "onnxruntime": ("onnx", "the check of an ONNX export"),
    "openpyxl": ("excel", "reading Excel workbooks"),
}


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
) -> None:
    """Reports versions, devices, engines and folders, and what is missing.

    Example: gate-studio doctor
    """
    report = examine()
    if as_json:
        print_json(report)
        return
    for title in ("environment", "versions", "devices", "folders"):
        print_result(f"{title}:")
        for name, value in report[title].items():
            print_result(f"  {name}: {value}")
    print_result(f"engines: {', '.join(report['engines'])}")
    print_result(f"fused engine: {report['fused']}")
    for missing in report["missing"]:
        print_result(f"missing: {missing}")
    print_result("Nothing is missing." if not report["missing"] else "")


def examine() -> dict[str, Any]:
    """The report as plain values."""
    from studio.core.specs.comparison_spec import MachineSpec
    from studio.paths import resources, user_folders
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.execution.kernels import describe_kernels
    from studio.runs.execution.machine import describe_machine

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
        "missing": [f"fused engine {fused}: pip install numba"] * fused.startswith("not available")
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
