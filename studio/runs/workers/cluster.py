"""Worker processes of this machine, or of a Dask cluster, over mutual TLS."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from studio.core.errors import MachineError
from studio.core.system.closing import Closing
from studio.runs.workers.certificate import ClusterAddress
from studio.runs.workers.dask_settings import SETTINGS, libraries
from studio.runs.workers.delivery import Delivery
from studio.runs.workers.machines import connect, machines_of
from studio.runs.workers.orders import TaskPlace
from studio.runs.workers.versions import place_name, versions_here

_POLL_SECONDS = 0.05


class Workers(Closing):
    """Workers that take runs, one each at a time.

    Attributes:
        client: Dask's client.
        count: The number of workers at the start.
    """

    def __init__(self, client: Any, count: int, cluster: Any | None) -> None:  # noqa: ANN401 - Dask has no complete types
        self.client, self.count = client, count
        self._cluster = cluster
        self._needs: Mapping[str, int] | None = None
        self._remote: tuple[ClusterAddress, Path] | None = None
        self._delivery: Delivery | None = None

    @classmethod
    def of_cluster(
        cls, cluster: ClusterAddress, tasks: Path, say: Callable[[str], None], *, gpu: bool
    ) -> "Workers":
        """The workers of a cluster that have this program's versions.

        Args:
            cluster: Where it is.
            tasks: Where prepared data is kept on this machine.
            say: Told of machines that take no runs.
            gpu: Whether runs compute on GPUs.

        Raises:
            MachineError: It cannot be reached, or none of its workers can be used.
        """
        client = connect(cluster)
        try:
            count = _count_usable(client, cluster, say, gpu=gpu)
        except BaseException:
            client.close()
            raise
        workers = cls(client, count, None)
        workers._needs = {place_name(versions_here(), gpu=gpu): 1}
        workers._remote = cluster, tasks
        workers._delivery = Delivery(client, tasks)
        return workers

    def place(self, key: str, folder: Path) -> TaskPlace:
        """Where workers find the prepared data with this key."""
        return TaskPlace(key, folder, self._delivery.topic if self._delivery else "")

    def submit(self, function: Callable[..., Any], *arguments: Any, key: str) -> Any:  # noqa: ANN401 - Dask's future
        """Hands a task to the next worker that is free and fit for it."""
        return self.client.submit(
            function, *arguments, key=key, pure=False, retries=0, resources=self._needs
        )

    @property
    def is_connected(self) -> bool:
        """Whether the workers can be reached; if not, Dask tries for half a minute."""
        return bool(self.client.status == "running")

    def reconnected(self) -> bool:
        """Whether workers that could not be reached for long can be reached again."""
        if self.is_connected:
            return True
        if self._remote is None or self.client.status not in {"closed", "closing"}:
            return False
        cluster, tasks = self._remote
        try:
            client = connect(cluster)
        except MachineError:
            return False
        self._end_delivery()
        self.client, self._delivery = client, Delivery(client, tasks)
        return True

    def _end_delivery(self) -> None:
        if self._delivery is not None:
            self._delivery.close()

    @classmethod
    def here(cls, count: int, threads: int) -> "Workers":
        """Starts worker processes on this machine, reachable from it alone.

        Args:
            count: Their number.
            threads: Threads that each computes with.

        Raises:
            MachineError: A library is missing, or they cannot be started.
        """
        dask, distributed = libraries()
        for name in ("distributed", "distributed.worker", "distributed.nanny"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with dask.config.set(
            {
                **SETTINGS,
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

        with suppress(OSError, RuntimeError):
            self.client.run(stop_runs, {topic}, on_error="ignore")

    @staticmethod
    def wait_a_moment() -> None:
        """Between two looks at what is done."""
        time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Ends workers of this machine, or leaves a cluster; may be called twice."""
        self._end_delivery()
        with suppress(Exception):  # the processes may be gone
            self.client.close()
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close()


def _count_usable(
    client: Any,  # noqa: ANN401 - Dask's client
    cluster: ClusterAddress,
    say: Callable[[str], None],
    *,
    gpu: bool,
) -> int:
    found = machines_of(client)
    for machine in found:
        if machine.problem:
            say(f"{machine.host} takes no runs: {machine.problem}.")
    usable = [machine for machine in found if not machine.problem]
    count = sum(each.gpus if gpu else each.workers - each.gpus for each in usable)
    if not count:
        raise MachineError(
            "no worker of the cluster can take these runs",
            where=str(cluster),
            remedy="Look at: gate-studio cluster status",
        )
    return count
