"""gate-studio cluster: machines that train runs together."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import print_json, print_message, print_result, print_table

if TYPE_CHECKING:
    from studio.runs.workers.certificate import ClusterAddress

cluster = typer.Typer(no_args_is_help=True)

_Certificate = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The certificate of the cluster. Default: the one in the folder of settings.",
    ),
]
_Address = Annotated[
    str | None,
    typer.Argument(
        metavar="[ADDRESS]", help="The cluster. Default: the one that was started here last."
    ),
]


@cluster.callback()
def machines() -> None:
    """Starts, lists and stops machines that train runs together.

    Example: gate-studio cluster start --host 10.0.0.1
    """


@cluster.command()
def start(
    host: Annotated[
        str,
        typer.Option(
            metavar="IP",
            help="The address of this machine on which the cluster listens, and nowhere else.",
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="NUMBER", help="Its port.")] = 8786,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=256,
            metavar="NUMBER",
            help="Runs at a time on this machine; 0 for none. Default: one for each core.",
        ),
    ] = None,
    ssh: Annotated[
        list[str] | None,
        typer.Option(
            metavar="USER@HOST",
            help="Also start workers on this machine, over ssh; once for each machine.",
        ),
    ] = None,
    remote: Annotated[
        str,
        typer.Option(metavar="COMMAND", help="How Gate Studio is called on the machines of --ssh."),
    ] = "gate-studio",
    certificate: _Certificate = None,
    *,
    kernels: Annotated[
        bool,
        typer.Option(
            "--kernels/--no-kernels",
            help="Compile the kernels of the fused engine before the first run.",
        ),
    ] = True,
) -> None:
    """Starts a cluster on this machine, and prints the line that another machine joins with.

    Machines prove with a certificate that they belong to it; it is made where there is none yet.
    Who has its file can run programs on all machines, so keep it as you keep a private key.

    Example: gate-studio cluster start --host 10.0.0.1 --ssh anna@10.0.0.2
    """
    from studio.paths import program, user_folders
    from studio.runs.hosts.starting import Starter
    from studio.runs.workers.certificate import ClusterAddress

    folders = user_folders()
    place = ClusterAddress(f"tls://{host}:{port}", certificate or folders.certificate)
    starter = Starter(place, program(), folders.log, print_message)
    starter.start_scheduler(host, port)
    folders.cluster.write_text(
        json.dumps({"address": place.address, "certificate": str(place.certificate)}),
        encoding="utf-8",
    )
    options = [] if kernels else ["--no-kernels"]
    if workers != 0:
        count = [] if workers is None else ["--workers", str(workers)]
        starter.start_workers([*count, "--host", host, *options])
    for machine in ssh or []:
        starter.start_over_ssh(machine, remote, options)
    print_message(f"The cluster listens at {place.address}. Its certificate: {place.certificate}")
    print_message("Stop it with: gate-studio cluster stop.")
    if host.startswith("127."):
        print_message("Only this machine reaches it. For others, give its address with --host.")
        return
    print_message("Another machine joins with:")
    print_result(starter.joining_line())


@cluster.command()
def status(
    address: _Address = None,
    certificate: _Certificate = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Lists the machines of a cluster: their workers, speed, load, versions and runs.

    Speed is that of one thread when the worker started, in billions of multiplications and
    additions a second; load counts the processes that were ready to run within the last minute.

    Example: gate-studio cluster status
    """
    from dataclasses import asdict

    from studio.runs.workers.machines import connect, machines_of

    place = _place(address, certificate)
    client = connect(place)
    try:
        found = machines_of(client)
    finally:
        client.close()
    if as_json:
        print_json({"address": place.address, "machines": [asdict(each) for each in found]})
        return
    rows = [
        (
            each.host,
            str(each.workers),
            str(each.gpus),
            f"{each.threads} of {each.cores}",
            f"{each.speed:.0f}",
            "" if each.load is None else f"{each.load:.1f}",
            each.problem or "same as here",
            ", ".join(each.runs) or "waits",
        )
        for each in found
    ]
    headings = (
        "machine", "workers", "on a GPU", "threads each", "speed", "load", "versions", "trains",
    )  # fmt: skip
    print_table(f"Machines of {place}", headings, rows)


@cluster.command()
def stop(address: _Address = None, certificate: _Certificate = None) -> None:
    """Stops a cluster: all its workers on all machines. Runs keep their finished epochs.

    Example: gate-studio cluster stop
    """
    from studio.runs.hosts.starting import stop_cluster
    from studio.runs.workers.machines import connect

    place = _place(address, certificate)
    stop_cluster(connect(place))
    print_message(f"The cluster at {place} was stopped.")


def _place(address: str | None, certificate: Path | None) -> "ClusterAddress":
    from studio.paths import user_folders
    from studio.runs.workers.certificate import cluster_at

    folders = user_folders()
    return cluster_at(address, certificate, folders.cluster, folders.certificate)


@cluster.command(hidden=True)
def scheduler(host: str, port: int, certificate: Path) -> None:
    """Hands out runs; started by cluster start."""
    from studio.runs.hosts.hosting import run_scheduler

    run_scheduler(host, port, certificate)


@cluster.command(hidden=True)
def member(place: str) -> None:
    """Takes runs, one at a time; started by worker."""
    from studio.runs.hosts.hosting import WorkerPlace, run_worker

    given = json.loads(place)
    paths = {name: Path(given[name]) for name in ("certificate", "tasks", "kernels")}
    raise typer.Exit(run_worker(WorkerPlace(**{**given, **paths})))
