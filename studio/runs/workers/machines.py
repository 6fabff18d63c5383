"""The machines of a cluster, and whether this program can work with them."""

import socket
import ssl
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from studio.core.errors import MachineError
from studio.runs.workers.certificate import ClusterAddress, parse_address, security_of
from studio.runs.workers.versions import difference, versions_here

_SECONDS = 10.0


@dataclass(frozen=True)
class ClusterMachine:
    """A machine of a cluster.

    Attributes:
        host: Its address.
        workers: Runs that it takes at a time.
        gpus: Those of them that compute on a GPU.
        threads: CPU threads of each.
        cores: Cores that it has.
        load: Processes that were ready to run within the last minute, or None.
        speed: Billions of multiplications and additions a second of one thread.
        problem: Why it takes no runs of this program, a clause, or "".
        runs: What it trains.
    """

    host: str
    workers: int
    gpus: int
    threads: int
    cores: int
    load: float | None
    speed: float
    problem: str
    runs: tuple[str, ...]


def connect(cluster: ClusterAddress) -> Any:  # noqa: ANN401 - Dask's client
    """A client of a cluster.

    Raises:
        MachineError: It cannot be reached, or does not let this program in; the reason is told.
    """
    from studio.runs.workers.dask_settings import SETTINGS, libraries

    dask, distributed = libraries()
    probe(cluster)
    try:
        with dask.config.set(SETTINGS):
            return distributed.Client(
                cluster.address,
                security=security_of(cluster.certificate),
                set_as_default=False,
                timeout=_SECONDS,
            )
    except (OSError, TimeoutError) as error:
        raise _unreachable(cluster, str(error)) from None


def probe(cluster: ClusterAddress) -> None:
    """Returns if a scheduler answers there and takes the certificate.

    Raises:
        MachineError: The reason why not.
    """
    context = security_of(cluster.certificate).get_connection_args("client")["ssl_context"]
    host, _, port = parse_address(cluster.address).removeprefix("tls://").rpartition(":")
    try:
        with (
            socket.create_connection((host, int(port)), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            if not secure.recv(1):
                raise _unreachable(cluster, "the connection was closed")
    except ssl.SSLError as error:
        raise MachineError(
            f"the cluster does not take this certificate ({error.reason or error})",
            where=str(cluster),
            remedy="Copy the file that gate-studio cluster start wrote for this cluster",
        ) from None
    except OSError as error:
        raise _unreachable(cluster, error.strerror or str(error)) from None


def machines_of(client: Any) -> list[ClusterMachine]:  # noqa: ANN401 - Dask's client
    """All machines, by address; asks every worker."""
    from studio.runs.workers.worker_facts import describe_worker

    answers = client.run(describe_worker, on_error="ignore")
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for answer in answers.values():
        grouped[answer["host"]].append(answer)
    return [_machine(host, workers) for host, workers in sorted(grouped.items())]


def own_address(cluster: ClusterAddress) -> str:
    """The address of this machine on the way to the cluster; sends nothing."""
    host, _, port = cluster.address.removeprefix("tls://").rpartition(":")
    family = socket.getaddrinfo(host, int(port))[0][0]
    with socket.socket(family, socket.SOCK_DGRAM) as towards, suppress(OSError):
        towards.connect((host, int(port)))
        return str(towards.getsockname()[0])
    return "127.0.0.1"


def refuse_other_versions(client: Any, cluster: ClusterAddress) -> None:  # noqa: ANN401 - Dask's client
    """Raises MachineError where the scheduler has other versions than this machine."""
    if found := difference(versions_here(), client.run_on_scheduler(versions_here)):
        raise MachineError(
            f"this machine has {found}",
            where=str(cluster),
            remedy="Install the same versions, as results depend on them",
        )


def measure_speed() -> float:
    """Billions of multiplications and additions a second, by a product of matrices."""
    import time

    import numpy as np

    size, seconds = 384, []
    left, right = (np.ones((size, size), np.float32) for _ in range(2))
    for _ in range(20):
        begun = time.perf_counter()
        left @ right
        seconds.append(time.perf_counter() - begun)
    return float(2 * size**3 / np.median(seconds) / 1e9)


def _machine(host: str, workers: list[Mapping[str, Any]]) -> ClusterMachine:
    first = workers[0]
    found = difference(first["versions"], versions_here())
    return ClusterMachine(
        host=host,
        workers=len(workers),
        gpus=sum(each["gpu"] is not None for each in workers),
        threads=first["threads"],
        cores=first["cores"],
        load=first["load"],
        speed=first["speed"],
        problem=f"it has {found}" if found else "",
        runs=tuple(sorted(run for each in workers for run in each["runs"])),
    )


def _unreachable(cluster: ClusterAddress, reason: str) -> MachineError:
    return MachineError(
        f"the cluster cannot be reached: {reason.removesuffix('.')}",
        where=str(cluster),
        remedy="Start it with: gate-studio cluster start"
        if "127.0.0.1" in cluster.address
        else "Look whether it runs there, and whether a firewall lets you through",
    )
