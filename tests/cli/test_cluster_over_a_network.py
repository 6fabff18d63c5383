"""A comparison on two hosts that are network namespaces: cut, killed, resumed, and scanned."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from commands import environment
from recorded import losses, wait_for_epochs
from tiny import ADDING

pytestmark = [
    pytest.mark.verify,
    pytest.mark.timeout(420),
    pytest.mark.skipif(
        not shutil.which("ip") or not hasattr(os, "geteuid") or os.geteuid() != 0,
        reason="network namespaces need root and iproute2",
    ),
]
PORT = 8786
CUT_SECONDS = 30
LONG = (
    *ADDING, "--threads", 1, "--hidden-size", 6, "--batch-size", 16, "--engine", "torch",
    "--cells", "gru", "--seeds", 4, "--epochs", 150,
)  # fmt: skip


IP = shutil.which("ip") or "ip"


def ip(*words: str, check: bool = True) -> str:
    """What the command ip prints."""
    return subprocess.run(
        (IP, *words), check=check, capture_output=True, text=True, timeout=200
    ).stdout


class Hosts:
    """Two hosts, each with a home of its own, joined by a cable."""

    def __init__(self, folder: Path) -> None:
        tag = f"gs{os.getpid() % 10000}"
        self.names = (f"{tag}a", f"{tag}b")
        self.homes = (folder / "a", folder / "b")
        self.addresses = ("10.77.0.1", "10.77.0.2")
        for home in self.homes:
            home.mkdir()
        self.started: list[subprocess.Popen[str]] = []

    def join(self) -> None:
        for name in self.names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        first, second = self.names
        ip("link", "add", "veth", "netns", first, "type", "veth", "peer", "veth", "netns", second)
        for name, address in zip(self.names, self.addresses, strict=True):
            ip("-n", name, "address", "add", f"{address}/24", "dev", "veth")
            ip("-n", name, "link", "set", "veth", "up")

    def cut(self, *, cut: bool) -> None:
        ip("-n", self.names[0], "link", "set", "veth", "down" if cut else "up")

    def start(self, host: int, *words: object) -> "subprocess.Popen[str]":
        home = self.homes[host]
        program = (sys.executable, "-m", "studio", *map(str, words))
        process = subprocess.Popen(
            (IP, "netns", "exec", self.names[host], *program),
            cwd=home,
            env={**environment(home), **({"XDG_CACHE_HOME": str(home / "cache")} if host else {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, host: int, *words: object) -> str:
        process = self.start(host, *words)
        out, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        return out + err

    def ports(self, host: int, address: str) -> list[int]:
        """The open ports of an address, as the other host sees them."""
        code = (
            "import socket\n"
            "for port in range(1, 65536):\n"
            "    with socket.socket() as probe:\n"
            "        probe.settimeout(1)\n"
            f"        if not probe.connect_ex(({address!r}, port)):\n"
            "            print(port)\n"
        )
        scanned = ip("netns", "exec", self.names[host], sys.executable, "-c", code)
        return [int(line) for line in scanned.split()]

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()
        for name in self.names:
            for pid in ip("netns", "pids", name, check=False).split():
                psutil.Process(int(pid)).kill()
            ip("netns", "delete", name, check=False)


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    hosts = Hosts(tmp_path_factory.mktemp("hosts"))
    try:
        try:
            hosts.join()
        except (subprocess.CalledProcessError, OSError) as error:
            pytest.skip(f"network namespaces cannot be made here: {error}")
        hosts.run(
            0, "cluster", "start", "--host", hosts.addresses[0], "--port", PORT, "--workers", 1,
            "--no-kernels",
        )  # fmt: skip
        pem = hosts.homes[1] / "cluster.pem"
        shutil.copy(hosts.homes[0] / "config" / "gate-studio" / "cluster.pem", pem)
        join_second(hosts)
        yield hosts
    finally:
        hosts.close()


def join_second(hosts: Hosts) -> "subprocess.Popen[str]":
    joined = hosts.start(
        1, "worker", f"tls://{hosts.addresses[0]}:{PORT}", "--certificate", "cluster.pem",
        "--workers", 1, "--no-kernels",
    )  # fmt: skip
    for _ in range(60):
        if hosts.addresses[1] in hosts.run(0, "cluster", "status"):
            return joined
        time.sleep(0.5)
    raise AssertionError("the second host did not join")


@pytest.fixture(scope="module")
def undisturbed(hosts: Hosts) -> list[tuple[Any, ...]]:
    hosts.run(0, "compare", *LONG, "--out", "turns.gates")
    return losses(hosts.homes[0], "turns.gates")


def begin(hosts: Hosts, name: str, epochs: int) -> "subprocess.Popen[str]":
    process = hosts.start(
        0, "compare", *LONG, "--workers", f"{hosts.addresses[0]}:{PORT}", "--out", name
    )
    wait_for_epochs(hosts.homes[0] / name, epochs, process)
    return process


def second_worker(hosts: Hosts) -> psutil.Process:
    """The process that trains on the second host."""
    found = [psutil.Process(int(pid)) for pid in ip("netns", "pids", hosts.names[1]).split()]
    return next(each for each in found if "member" in each.cmdline())


def test_a_worker_that_is_killed_on_another_host_changes_no_result(
    hosts: Hosts, undisturbed: list[tuple[Any, ...]]
) -> None:
    process = begin(hosts, "killed.gates", 60)
    second_worker(hosts).kill()
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert "was lost; the run goes on" in err
    assert losses(hosts.homes[0], "killed.gates") == undisturbed
    stored = list((hosts.homes[1] / "cache" / "gate-studio" / "tasks").iterdir())
    assert len(stored) == 1, "the data is sent once"


def test_a_network_that_is_cut_changes_no_result(
    hosts: Hosts, undisturbed: list[tuple[Any, ...]]
) -> None:
    process = begin(hosts, "cut.gates", 60)
    hosts.cut(cut=True)
    time.sleep(CUT_SECONDS)
    hosts.cut(cut=False)
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert losses(hosts.homes[0], "cut.gates") == undisturbed


def test_a_coordinator_that_is_killed_resumes_with_the_same_result(
    hosts: Hosts, undisturbed: list[tuple[Any, ...]]
) -> None:
    process = begin(hosts, "resumed.gates", 60)
    for child in psutil.Process(process.pid).children(recursive=True):
        child.kill()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = losses(hosts.homes[0], "resumed.gates")
    hosts.run(
        0, "compare", "resumed.gates", "--resume", "--workers", f"{hosts.addresses[0]}:{PORT}"
    )
    assert losses(hosts.homes[0], "resumed.gates") == undisturbed
    assert set(before) <= set(undisturbed)


def test_another_host_finds_only_the_ports_that_were_asked_for(hosts: Hosts) -> None:
    first = hosts.ports(1, hosts.addresses[0])
    assert PORT in first
    assert len(first) == 2, "the scheduler and its one worker"
    for port in first:
        assert not is_let_in(hosts, port)


def is_let_in(hosts: Hosts, port: int) -> bool:
    """Whether the other host gets an answer over TLS without a certificate."""
    code = (
        "import socket, ssl\n"
        "context = ssl.create_default_context()\n"
        "context.check_hostname, context.verify_mode = False, ssl.CERT_NONE\n"
        "try:\n"
        f"    with socket.create_connection(({hosts.addresses[0]!r}, {port}), 10) as plain:\n"
        "        with context.wrap_socket(plain) as secure:\n"
        "            print(bool(secure.recv(1)))\n"
        "except ssl.SSLError as error:\n"
        "    print('refused', error)\n"
    )
    told = ip("netns", "exec", hosts.names[1], sys.executable, "-c", code)
    assert "refused" in told or "True" in told or "False" in told
    return "True" in told


def test_a_stopped_cluster_ends_its_workers_on_all_hosts(hosts: Hosts) -> None:
    hosts.run(0, "cluster", "stop")
    for _ in range(100):
        left = [ip("netns", "pids", name) for name in hosts.names]
        if not any(left):
            return
        time.sleep(0.2)
    raise AssertionError(left)
