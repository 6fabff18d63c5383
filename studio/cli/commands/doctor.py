"""gate-studio doctor: what is installed; a full check of a session, and its recovery."""

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import print_json, print_message, print_paragraph, print_result, print_table
from studio.core.errors import SpecError

if TYPE_CHECKING:
    from studio.sessions.backups import Backup
    from studio.sessions.recovery.findings import ComparisonFindings, SessionFindings

_NEEDED = ("torch", "numpy", "scipy", "pyarrow", "pydantic", "safetensors", "typer", "rich")
_FUSED = ("numba", "llvmlite")
_OPTIONAL = {
    "onnx": ("onnx", "export to ONNX"),
    "onnxruntime": ("onnx", "the check of an ONNX export"),
    "openpyxl": ("excel", "reading Excel workbooks"),
}


def doctor(
    session: Annotated[
        Path | None,
        typer.Argument(metavar="[SESSION]", help="A session file, sound or damaged."),
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="NEW.gates", help="Save everything that can be read to this new session file."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace NEW.gates if it exists; a backup is kept.")
    ] = False,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="With --overwrite: keep no backup.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Reports versions, devices, engines and folders, and what is missing.

    With a session: checks all of it, says what can be read and what cannot, and lists earlier
    copies. The file is never changed. Exit status: 0 if everything can be read, 1 if the session
    is damaged, also if all of it was saved with --out.

    Example: gate-studio doctor

    Example: gate-studio doctor damaged.gates --out recovered.gates
    """
    if session is None:
        _refuse_without_session(out, overwrite=overwrite, no_backup=no_backup)
        _report_installation(as_json=as_json)
        return
    from studio.paths import user_folders
    from studio.sessions.backups import backups_of
    from studio.sessions.recovery.doctor import examine as examine_session
    from studio.sessions.recovery.doctor import recover

    folders = user_folders()
    if out is None:
        _refuse_without_out(overwrite=overwrite, no_backup=no_backup)
        findings = examine_session(session, folders.locks)
    else:
        findings = recover(session, out, folders.locks, overwrite=overwrite, backup=not no_backup)
    backups = backups_of(session, folders.backups)
    if as_json:
        print_json(_as_json(findings, backups))
    else:
        _print_findings(findings, backups)
    if findings.recovered is not None:
        print_message(f"Saved: {findings.recovered}")
    if findings.backup is not None:
        print_message(f"Backup of the file that it replaced: {findings.backup}")
    if not findings.is_sound:
        raise typer.Exit(1)


def _refuse_without_session(out: Path | None, *, overwrite: bool, no_backup: bool) -> None:
    if out is not None or overwrite or no_backup:
        raise SpecError(
            "needs a session to check",
            where="--out" if out is not None else "--overwrite" if overwrite else "--no-backup",
            remedy="Name the session: gate-studio doctor SESSION --out NEW.gates",
        )


def _refuse_without_out(*, overwrite: bool, no_backup: bool) -> None:
    if overwrite or no_backup:
        raise SpecError(
            "needs --out",
            where="--overwrite" if overwrite else "--no-backup",
            remedy="Name the new session with --out",
        )


def _print_findings(findings: "SessionFindings", backups: "tuple[Backup, ...]") -> None:
    print_paragraph(f"{findings.path}, file version {findings.version}")
    print_paragraph(findings.verdict)
    for problem in findings.problems:
        print_paragraph(f"- {problem}.", hanging=2)
    rows = [
        (table.label, str(table.readable), str(table.damaged), str(table.removed))
        for table in findings.tables.values()
        if table.readable or table.damaged
    ]
    if rows:
        print_table("Contents", ("", "can be read", "damaged", "orphaned"), rows)
    for comparison in findings.comparisons:
        print_paragraph(_sentence(comparison))
        for loss in comparison.losses:
            print_paragraph(f"- lost: {loss}.", indent=2, hanging=4)
    if not findings.is_sound and findings.can_be_recovered and findings.recovered is None:
        print_paragraph(
            "Save what can be read: gate-studio doctor SESSION --out NEW.gates", hanging=2
        )
    if backups:
        print_result("Earlier copies, the newest first:")
    for backup in backups:
        print_paragraph(f"- {backup.when:%Y-%m-%d %H:%M}, {backup.path}", hanging=2)


def _sentence(comparison: "ComparisonFindings") -> str:
    return (
        f"Comparison {comparison.number}, {comparison.name}: "
        f"{comparison.finished} of {comparison.runs} runs have a test result."
    )


def _as_json(findings: "SessionFindings", backups: "tuple[Backup, ...]") -> dict[str, Any]:
    return {
        "session": str(findings.path),
        "version": findings.version,
        "sound": findings.is_sound,
        "complete": findings.is_complete,
        "text": findings.verdict,
        "problems": findings.problems,
        "tables": [
            {
                "table": table.table,
                "text": table.label,
                "readable": table.readable,
                "damaged": table.damaged,
                "removed": table.removed,
            }
            for table in findings.tables.values()
        ],
        "comparisons": [
            {
                "number": comparison.number,
                "name": comparison.name,
                "finished": comparison.finished,
                "runs": comparison.runs,
                "lost": list(comparison.losses),
            }
            for comparison in findings.comparisons
        ],
        "recovered": None if findings.recovered is None else str(findings.recovered),
        "backup": None if findings.backup is None else str(findings.backup),
        "backups": [
            {"path": str(backup.path), "when": backup.when.isoformat(), "bytes": backup.size}
            for backup in backups
        ],
    }


def _report_installation(*, as_json: bool) -> None:
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
    if report["plugins"]:
        print_result("plugins:")
    for plugin in report["plugins"]:
        print_result(f"  {plugin['text']}")
    for missing in report["missing"]:
        print_result(f"missing: {missing}")
    print_result("Nothing is missing." if not report["missing"] else "")


def _plugins() -> list[dict[str, Any]]:
    """What installed packages add, and what cannot be used."""
    from studio.core.cells import CELLS
    from studio.core.plugins import PREFIX, Registry, problem_sentence
    from studio.core.results.metrics import METRICS
    from studio.data import PLUGIN_FORMATS, PLUGIN_TASKS
    from studio.export import EXPORTS

    listed = []
    registries: tuple[Registry[Any], ...] = (CELLS, METRICS, PLUGIN_TASKS, PLUGIN_FORMATS, EXPORTS)
    for plugin in (plugin for registry in registries for plugin in registry.plugins):
        kind = plugin.group.removeprefix(PREFIX).removesuffix("s")
        fine = f"{kind} {plugin.name}: {plugin.origin}"
        listed.append(
            {
                "adds": kind,
                "name": plugin.name,
                "package": plugin.package,
                "version": plugin.version,
                "problem": plugin.problem or None,
                "text": problem_sentence(plugin) if plugin.problem else fine,
            }
        )
    return listed


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
            "backups": str(folders.backups),
            "resources": str(resources()),
        },
        "plugins": _plugins(),
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
