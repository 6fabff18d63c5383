"""The processes of a cluster: its scheduler, and a worker that takes one run at a time.

Both listen where they were asked to, with mutual TLS, and nowhere else: Dask's pages of figures,
which it would also serve where they are switched off, are left out.
"""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import dask
from distributed import Scheduler, Worker

from studio.runs.workers.certificate import security_of
from studio.runs.workers.dask_settings import SETTINGS
from studio.runs.workers.own_machine import use_own
from studio.runs.workers.versions import place_name, versions_here
from studio.runs.workers.worker_facts import LEFT, has_left, note_facts
from studio.runs.workers.worker_run import prepare_process

LOST = 3
"""The exit status of a worker that cannot reach the cluster; any but LEFT is started again."""
_START_SECONDS = 60


@dataclass(frozen=True)
class WorkerPlace:
    """A worker to run.

    Attributes:
        address: Of the cluster.
        certificate: The file of its certificate.
        host: The address of this machine on which it listens.
        tasks: Where it keeps prepared data.
        kernels: Where compiled kernels are.
        threads: CPU threads that it computes with.
        gpu: The number of its GPU; None for none.
        speed: Billions of multiplications and additions a second, for the list of machines.
    """

    address: str
    certificate: Path
    host: str
    tasks: Path
    kernels: Path
    threads: int
    gpu: int | None
    speed: float


class _Bare:
    """A node of Dask without an HTTP server."""

    def start_http_server(self, *_: object, **__: object) -> None:
        return


class _BareScheduler(_Bare, Scheduler):
    pass


class _BareWorker(_Bare, Worker):
    pass


def run_scheduler(host: str, port: int, certificate: Path) -> None:
    """Hands out runs until it is told to stop."""

    async def work() -> None:
        async with _BareScheduler(
            host=host,
            port=port,
            protocol="tls",
            security=security_of(certificate),
            dashboard=False,
        ) as scheduler:
            await scheduler.finished()

    _be_quiet()
    versions_here()  # asked for later, when other packages may be installed
    with dask.config.set(SETTINGS):
        asyncio.run(work())


def run_worker(place: WorkerPlace) -> int:
    """Takes runs; returns LEFT where the cluster was stopped, LOST where it cannot be reached."""
    _end_with_parent()
    os.environ["CUDA_VISIBLE_DEVICES"] = "" if place.gpu is None else str(place.gpu)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(place.threads)
    prepare_process()
    use_own(place.tasks, place.kernels, place.threads)
    _be_quiet()
    note_facts(threads=place.threads, speed=place.speed, gpu=place.gpu)
    with dask.config.set(SETTINGS), suppress(OSError, TimeoutError):
        asyncio.run(_work(place))
    return LEFT if has_left() else LOST


async def _work(place: WorkerPlace) -> None:
    resources: dict[str, float] = {
        place_name(versions_here(), gpu=place.gpu is not None): 1,
        "threads": place.threads,
        "GPU": int(place.gpu is not None),
    }
    worker = _BareWorker(
        place.address,
        host=place.host,
        protocol="tls",
        nthreads=1,
        resources=resources,
        security=security_of(place.certificate),
        dashboard=False,
        memory_limit=0,
        death_timeout=_START_SECONDS,
    )
    await worker
    await worker.finished()  # type: ignore[no-untyped-call]  # Dask has no complete types


def _be_quiet() -> None:
    for name in ("distributed", "distributed.worker", "distributed.scheduler"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _end_with_parent() -> None:
    """A pipe to the program that started this process closes when that one ends."""

    def wait() -> None:
        with suppress(OSError, ValueError):
            while os.read(sys.stdin.fileno(), 1):  # not through a buffer, whose lock it would hold
                pass
        os._exit(LOST)

    Thread(target=wait, name="parent", daemon=True).start()
