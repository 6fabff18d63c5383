import os

import pytest

from studio.core.system import openmp


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_waiting_threads_sleep_early_by_default(environment: pytest.MonkeyPatch) -> None:
    openmp.limit_spinning()
    assert int(os.environ["GOMP_SPINCOUNT"]) < 10_000
    environment.delenv("GOMP_SPINCOUNT")


def test_what_the_user_chose_stays(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("OMP_WAIT_POLICY", "ACTIVE")
    openmp.limit_spinning()
    assert "GOMP_SPINCOUNT" not in os.environ
