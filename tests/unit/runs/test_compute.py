import threading

import pytest

from studio.runs.execution.compute import ComputeThread


def test_all_jobs_run_in_one_thread_in_their_order() -> None:
    with ComputeThread() as compute:
        futures = [compute.submit(threading.get_ident) for _ in range(20)]
        threads = {future.result() for future in futures}
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


def test_an_error_reaches_the_caller_and_the_thread_survives() -> None:
    def fail() -> None:
        raise ValueError("broken")

    with ComputeThread() as compute:
        with pytest.raises(ValueError, match="broken"):
            compute.submit(fail).result()
        assert compute.submit(lambda: 7).result() == 7


def test_brief_jobs_run_during_a_long_job_and_others_wait() -> None:
    done: list[str] = []
    may_look = threading.Event()
    compute = ComputeThread()

    def long() -> None:
        may_look.wait()
        done.append("first part")
        compute.run_brief()
        done.append("second part")

    compute.submit(long)
    compute.submit(lambda: done.append("another long one"))
    compute.submit(lambda: done.append("brief"), brief=True)
    may_look.set()
    compute.close()
    assert done == ["first part", "brief", "second part", "another long one"]


def test_closing_waits_for_queued_jobs() -> None:
    done: list[int] = []
    compute = ComputeThread()
    for number in range(5):
        compute.submit(lambda number=number: done.append(number))
    compute.close()
    assert done == [0, 1, 2, 3, 4]
