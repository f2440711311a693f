"""Jobs in worker processes of their own: a time and memory limit for each, and one that crashes costs nothing but itself."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from pipeline.files import Unreadable

START_UP = 120.0  # seconds that a worker may take to load its code before its first job
AHEAD = 8  # jobs a worker that may be done before the oldest one is delivered: what keeps memory flat

END = object()  # after the last job
STARTED = object()  # a worker's first word: its code is loaded


@dataclass(frozen=True)
class Failure:
    """A job without a result: why, in words, and of which kind (unreadable, timeout, memory, crash, error)."""

    reason: str
    kind: str = "error"


def map_isolated(
    function: Callable[[Any], Any],
    jobs: Iterable[Any],
    timeout_s: float = 120.0,
    memory_mb: int | None = 4096,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[Any, Any | Failure]]:
    """Each job with its result or Failure, in the order of the jobs, computed by `workers` processes that are reused.

    `function` must be importable and jobs and results picklable. A job that overruns `timeout_s` or crashes its process loses
    only itself. `progress` is called with the number of jobs done.
    """
    pool = Pool(function, timeout_s, memory_mb, workers)
    try:
        yield from pool.run(iter(jobs), progress)
    finally:
        pool.close()


class Worker:
    """One process, its pipe, and the job that it is at."""

    def __init__(self, function: Callable[[Any], Any], memory_mb: int | None) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(function, memory_mb, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.number: int | None = None
        self.job: Any = None
        self.ready = False
        self.deadline = time.monotonic() + START_UP

    def give(self, number: int, job: Any, timeout_s: float) -> None:
        """Send a job; its time runs from when the worker has loaded its code."""
        self.number, self.job = number, job
        self.deadline = time.monotonic() + (timeout_s if self.ready else START_UP + timeout_s)
        self.pipe.send(job)

    def stop(self) -> int | None:
        """End the process; returns its exit code, negative for a signal."""
        self.process.join(0.2)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            self.process.join()
        self.pipe.close()
        return code


class Pool:
    """Workers that take jobs in turn; the dead are replaced."""

    def __init__(self, function: Callable[[Any], Any], timeout_s: float, memory_mb: int | None, workers: int) -> None:
        self.function, self.timeout_s, self.memory_mb, self.size = function, timeout_s, memory_mb, max(1, workers)
        self.workers: list[Worker] = []

    def run(self, jobs: Iterator[Any], progress: Callable[[int], None] | None) -> Iterator[tuple[Any, Any | Failure]]:
        """Deliver results in the order of the jobs."""
        waiting: dict[int, tuple[Any, Any | Failure]] = {}
        given = delivered = done = 0
        job = next(jobs, END)
        while True:
            while job is not END and given - delivered < self.size * AHEAD and (worker := self.idle()) is not None:
                worker.give(given, job, self.timeout_s)
                given += 1
                job = next(jobs, END)
            for number, finished, outcome in self.collect():
                waiting[number] = (finished, outcome)
                done += 1
                if progress:
                    progress(done)
            while delivered in waiting:
                yield waiting.pop(delivered)
                delivered += 1
            if job is END and delivered == given:
                return

    def idle(self) -> Worker | None:
        """A worker without a job, started if there may be one more."""
        for worker in self.workers:
            if worker.number is None:
                return worker
        if len(self.workers) < self.size:
            self.workers.append(Worker(self.function, self.memory_mb))
            return self.workers[-1]
        return None

    def collect(self) -> Iterator[tuple[int, Any, Any | Failure]]:
        """Wait until a worker answers, dies or overruns, and give each such job's outcome."""
        busy = [worker for worker in self.workers if worker.number is not None]
        if not busy:
            return
        patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        answered = set(wait([worker.pipe for worker in busy], patience))
        for worker in busy:
            if worker.pipe in answered:
                outcome = self.receive(worker)
            elif time.monotonic() >= worker.deadline:
                outcome = self.bury(worker, Failure(f"took longer than {self.timeout_s:g} s", "timeout"))
            else:
                continue
            if outcome is not STARTED:
                yield worker.number, worker.job, outcome
                worker.number = None

    def receive(self, worker: Worker) -> Any | Failure:
        """A worker's answer; of a dead one, the reason of its death."""
        try:
            answer = worker.pipe.recv()
        except (EOFError, ConnectionError):
            return self.bury(worker, None)
        if not worker.ready:
            worker.ready = True
            worker.deadline = time.monotonic() + self.timeout_s
            return STARTED
        return answer

    def bury(self, worker: Worker, failure: Failure | None) -> Failure:
        """Take a worker out; without a failure given, its exit code says what happened."""
        self.workers.remove(worker)
        code = worker.stop()
        if failure is not None:
            return failure
        if not worker.ready:
            raise RuntimeError(f"worker processes cannot load {self.function.__module__}.{self.function.__qualname__} (exit code {code})")
        cause = f"was ended by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with exit code {code}"
        return Failure(f"the process that read it {cause}", "crash")

    def close(self) -> None:
        """End all workers."""
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
        self.workers.clear()


def serve(function: Callable[[Any], Any], memory_mb: int | None, pipe: Connection) -> None:
    """A worker's life: limit its memory, then answer jobs until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(memory_mb)
    pipe.send("ready")
    while True:
        try:
            job = pipe.recv()
        except (EOFError, ConnectionError):
            return
        pipe.send(attempt(function, job, memory_mb))


def attempt(function: Callable[[Any], Any], job: Any, memory_mb: int | None) -> Any | Failure:
    """The function's result, or a Failure that says what went wrong."""
    try:
        return function(job)
    except Unreadable as error:
        return Failure(str(error), "unreadable")
    except MemoryError:
        return Failure(f"needs more than {memory_mb} MB of memory", "memory")
    except Exception as error:
        return Failure(f"{type(error).__name__}: {error}"[:500], "error")


def limit_memory(memory_mb: int | None) -> None:
    """Bound this process's address space, where the system can."""
    try:
        import resource
    except ImportError:
        return
    if memory_mb:
        soft = memory_mb * 1024 * 1024
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
