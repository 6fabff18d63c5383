"""gate-studio cluster and worker: other machines, stood for by network namespaces."""

import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import run, run_json
from recorded import losses
from tiny import ADDING

from studio.runs.workers.certificate import make_certificate, security_of

SETTINGS = (
    *ADDING, "--threads", 1, "--hidden-size", 6, "--batch-size", 16, "--engine", "torch",
    "--cells", "gru",
)  # fmt: skip
SHORT = (*SETTINGS, "--seeds", 2, "--epochs", 3)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for_workers(home: Path, count: int) -> None:
    for _ in range(120):
        machines = run_json(home, "cluster", "status")["machines"]
        if sum(each["workers"] for each in machines) == count:
            return
        time.sleep(0.5)
    raise AssertionError(f"there are no {count} workers")


@dataclass(frozen=True)
class Started:
    home: Path
    address: str


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    home, port = tmp_path_factory.mktemp("cluster"), free_port()
    run(home, "cluster", "start", "--port", port, "--workers", 2, "--no-kernels")
    wait_for_workers(home, 2)
    yield Started(home, f"127.0.0.1:{port}")
    run(home, "cluster", "stop")


@pytest.mark.verify
def test_runs_on_a_cluster_give_the_losses_of_turns_to_the_last_bit(cluster: Started) -> None:
    run(cluster.home, "compare", *SHORT, "--out", "turns.gates")
    told = run(
        cluster.home, "compare", *SHORT, "--workers", cluster.address, "--out", "cluster.gates"
    )
    assert f"the cluster at {cluster.address}" in told.stderr
    assert losses(cluster.home, "cluster.gates") == losses(cluster.home, "turns.gates")


@pytest.mark.verify
def test_the_list_of_machines_tells_workers_speed_load_and_versions(cluster: Started) -> None:
    [machine] = run_json(cluster.home, "cluster", "status")["machines"]
    assert (machine["workers"], machine["threads"], machine["problem"]) == (2, 1, "")
    assert machine["speed"] > 0
    shown = run(cluster.home, "cluster", "status").stdout
    assert "same as here" in shown
    assert "waits" in shown


@pytest.mark.verify
def test_trials_on_a_cluster_are_those_in_turns(cluster: Started) -> None:
    search = (*SHORT[:-4], "--seeds", 1, "--epochs", 2, "--trials", 4, "--sampler", "random")
    alone = run_json(cluster.home, "tune", *search, "--out", "alone.gates")
    there = run_json(
        cluster.home, "tune", *search, "--workers", cluster.address, "--out", "there.gates"
    )
    assert there == alone


@pytest.mark.verify
def test_a_machine_of_another_version_is_refused_with_the_reason(cluster: Started) -> None:
    site = cluster.home / "site"
    site.mkdir()
    (site / "numpy-0.9.dist-info").mkdir()
    (site / "numpy-0.9.dist-info" / "METADATA").write_text("Name: numpy\nVersion: 0.9\n")
    try:
        refused = run(cluster.home, "worker", f"tls://{cluster.address}", status=1)
        assert "this machine has numpy 0.9 instead of" in refused.stderr
        none_left = run(
            cluster.home, "compare", *SHORT, "--workers", cluster.address, "--out", "no.gates",
            status=1,
        )  # fmt: skip
        assert "takes no runs: it has numpy" in none_left.stderr
        assert "no worker of the cluster can take these runs" in none_left.stderr
    finally:
        shutil.rmtree(site)


@pytest.mark.verify
def test_nobody_gets_in_without_the_certificate(cluster: Started, tmp_path: Path) -> None:
    make_certificate(tmp_path / "other.pem")
    refused = run(
        cluster.home, "cluster", "status", cluster.address, "--certificate", tmp_path / "other.pem",
        status=1,
    )  # fmt: skip
    assert "does not take this certificate" in refused.stderr


def test_a_private_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cluster.pem"
    make_certificate(file)
    assert file.stat().st_mode & 0o777 == 0o600
    security_of(file)
    file.chmod(0o644)
    with pytest.raises(Exception, match="can be read by other users"):
        security_of(file)


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    refused = run(tmp_path, "worker", "tls://somewhere", status=2)
    assert "is not the address of a cluster" in refused.stderr
    unreachable = run(
        tmp_path, "compare", *SHORT, "--workers", "127.0.0.1:1", "--parallel", 2, status=2
    )
    assert "--workers: cannot be combined with --parallel" in unreachable.stderr
