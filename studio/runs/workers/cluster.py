"""Worker processes of this machine, or of a Dask cluster, over mutual TLS."""

import logging
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from studio.core.errors import MachineError
from studio.core.system.closing import Closing

_POLL_SECONDS = 0.05
_SETTINGS: Mapping[str, Any] = {
    "distributed.scheduler.allowed-failures": 0,  # the coordinator starts it again, where it was
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.low-level-log-length": 1,  # events hold weights; none is kept
    "distributed.admin.log-length": 0,
    "distributed.worker.daemon": True,
    "distributed.comm.timeouts.connect": "30s",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}


class Workers(Closing):
    """Workers that take runs, one each at a time.

    Attributes:
        client: Dask's client.
        count: The number of workers at the start.
    """

    def __init__(self, client: Any, count: int, cluster: Any | None) -> None:  # noqa: ANN401 - Dask has no complete types
        self.client, self.count = client, count
        self._cluster = cluster

    @classmethod
    def here(cls, count: int, threads: int) -> "Workers":
        """Starts worker processes on this machine, reachable from it alone.

        Args:
            count: Their number.
            threads: Threads that each computes with.

        Raises:
            MachineError: A library is missing, or they cannot be started.
        """
        dask, distributed = _libraries()
        for name in ("distributed", "distributed.worker", "distributed.nanny"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with dask.config.set(
            {
                **_SETTINGS,
                "distributed.nanny.pre-spawn-environ.OMP_NUM_THREADS": threads,
                "distributed.nanny.pre-spawn-environ.MKL_NUM_THREADS": threads,
                "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
            }
        ):
            try:
                cluster = distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    protocol="tls",
                    security=distributed.security.Security.temporary(),
                    dashboard_address="127.0.0.1:0",
                    worker_dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                    memory_limit=0,
                )
                client = distributed.Client(cluster, set_as_default=False)
            except (OSError, TimeoutError, RuntimeError) as error:
                raise MachineError(
                    f"the worker processes did not start ({error})",
                    remedy="Train in turns: leave the option parallel out",
                ) from error
        return cls(client, count, cluster)

    def stop(self, topic: str) -> None:
        """Tells all workers that what is done under this topic is no longer wanted."""
        from studio.runs.workers.worker_run import stop_runs

        with suppress(OSError):
            self.client.run(stop_runs, {topic}, on_error="ignore")

    @staticmethod
    def wait_a_moment() -> None:
        """Between two looks at what is done."""
        time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Ends workers of this machine, or leaves a cluster; may be called twice."""
        with suppress(Exception):  # the processes may be gone
            self.client.close()
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close()


def _libraries() -> tuple[Any, Any]:
    os.environ.setdefault("DASK_DISTRIBUTED__VERSION__CHECK", "False")
    try:
        import cryptography  # noqa: F401 - for the certificates
        import dask
        import distributed
        import distributed.security
    except ImportError as error:
        raise MachineError(
            f"parallel runs need the package {error.name}",
            remedy="Install it with: pip install 'gate-studio[workers]'",
        ) from None
    return dask, distributed
