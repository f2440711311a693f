"""Worker processes: order, limits, and that a death costs one job only."""

import os
import signal
import time

import pytest

from pipeline.files import Unreadable
from pipeline.worker import Failure, map_isolated


def act(job):
    """Do what the job says, in the worker."""
    verb, *rest = job
    if verb == "sleep":
        time.sleep(rest[0])
    elif verb == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif verb == "leave":
        os._exit(7)
    elif verb == "grow":
        return len(bytearray(rest[0]))
    elif verb == "refuse":
        raise Unreadable("too faint")
    elif verb == "err":
        raise ValueError("odd")
    return rest, os.getpid()


def test_order_is_kept_and_processes_are_reused():
    jobs = [("sleep", 0.2 if number == 0 else 0.0, number) for number in range(30)]
    seen = []
    outcomes = list(map_isolated(act, jobs, workers=2, progress=seen.append))
    assert [job for job, _ in outcomes] == jobs
    assert [result[0][1] for _, result in outcomes] == list(range(30))
    assert len({result[1] for _, result in outcomes}) <= 2
    assert os.getpid() not in {result[1] for _, result in outcomes}
    assert seen == list(range(1, 31))


def test_each_kind_of_failure_is_told_and_the_others_go_on():
    jobs = [("ok", 1), ("die",), ("ok", 2), ("leave",), ("refuse",), ("err",), ("sleep", 60), ("grow", 3 * 10**9), ("ok", 3)]
    outcomes = [outcome for _, outcome in map_isolated(act, jobs, timeout_s=1.0, memory_mb=1024, workers=2)]
    assert [outcome.kind if isinstance(outcome, Failure) else outcome[0] for outcome in outcomes] == [
        [1], "crash", [2], "crash", "unreadable", "error", "timeout", "memory", [3],
    ]  # fmt: skip
    assert "SIGSEGV" in outcomes[1].reason
    assert "exit code 7" in outcomes[3].reason
    assert outcomes[4].reason == "too faint"
    assert outcomes[5].reason == "ValueError: odd"
    assert outcomes[6].reason == "took longer than 1 s"
    assert "1024 MB" in outcomes[7].reason


def test_jobs_are_drawn_as_they_are_needed():
    drawn = []

    def endless():
        for number in range(10**9):
            drawn.append(number)
            yield ("ok", number)

    results = map_isolated(act, endless(), workers=1)
    assert next(results)[1][0] == [0]
    results.close()
    assert len(drawn) < 50


def test_no_jobs_start_no_processes():
    assert list(map_isolated(act, [], workers=2)) == []


def test_a_function_that_workers_cannot_load_is_an_error_at_once():
    with pytest.raises((AttributeError, RuntimeError, Exception), match=r"load|pickle|local"):
        list(map_isolated(lambda job: job, [1]))
