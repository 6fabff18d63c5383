"""gate-studio worker: this machine takes runs of a cluster."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import print_message
from studio.core.system.cores import usable_cores

if TYPE_CHECKING:
    from studio.paths import Folders
    from studio.runs.workers.certificate import ClusterAddress


def worker(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="The cluster, such as tls://10.0.0.1:8786.")
    ],
    certificate: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The certificate that cluster start wrote, copied here. Default: the one in the "
            "folder of settings.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, metavar="NUMBER", help="Runs at a time. Default: one for each core."
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, max=256, metavar="NUMBER", help="CPU threads of each run.")
    ] = 1,
    gpus: Annotated[
        int,
        typer.Option(min=0, max=64, metavar="NUMBER", help="GPUs that take runs, for device cuda."),
    ] = 0,
    runs_per_gpu: Annotated[
        int, typer.Option(min=1, max=64, metavar="NUMBER", help="Runs at a time on each GPU.")
    ] = 1,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="IP",
            help="The address of this machine on which the workers listen. Default: the one that "
            "leads to the cluster.",
        ),
    ] = None,
    *,
    kernels: Annotated[
        bool,
        typer.Option(
            "--kernels/--no-kernels",
            help="Compile the kernels of the fused engine before the first run.",
        ),
    ] = True,
) -> None:
    """Takes runs of a cluster until the cluster is stopped, or Ctrl+C.

    The versions of Gate Studio, Python and the numerical packages must be those of the cluster. A
    worker that is lost is started again, and looks for the cluster until it is there.

    Example: gate-studio worker tls://10.0.0.1:8786 --certificate cluster.pem
    """
    from studio.paths import program, user_folders
    from studio.runs.hosts.hosting import WorkerPlace
    from studio.runs.hosts.members import Members
    from studio.runs.workers.certificate import ClusterAddress, parse_address
    from studio.runs.workers.machines import measure_speed, own_address

    folders = user_folders()
    cluster = ClusterAddress(parse_address(address), certificate or folders.certificate)
    _check(cluster)
    if kernels:
        _compile(folders)
    count = (usable_cores() if not gpus else 0) if workers is None else workers
    places = [
        WorkerPlace(
            cluster.address,
            cluster.certificate,
            host or own_address(cluster),
            folders.cache / "tasks",
            folders.cache,
            threads,
            gpu,
            measure_speed(),
        )
        for gpu in (*[None] * count, *list(range(gpus)) * runs_per_gpu)
    ]
    commands = [
        [*program(), "cluster", "member", json.dumps(asdict(place), default=str)]
        for place in places
    ]
    plural = "" if len(places) == 1 else "s"
    print_message(f"{len(places)} worker{plural} for {cluster}. Stop with Ctrl+C.")
    Members(commands, print_message).keep()
    print_message("The cluster was stopped.")


def _check(cluster: "ClusterAddress") -> None:
    """Refuses an address, a certificate or versions that cannot work."""
    from studio.runs.workers.machines import connect, refuse_other_versions

    client = connect(cluster)
    try:
        refuse_other_versions(client, cluster)
    finally:
        client.close()


def _compile(folders: "Folders") -> None:
    from studio.runs.execution.kernels import kernels_state, start_kernels, wait_for_kernels

    start_kernels(folders.cache)
    if not wait_for_kernels(1.0):
        print_message(f"{kernels_state().sentence}.")
        wait_for_kernels()
