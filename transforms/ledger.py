"""Elements go in; each comes out done, dead or left out, and is counted on the way."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.utils.windowed_value import WindowedValue

from schemas.articles import DeadLetter, Dropped
from schemas.errors import WorkerFault
from schemas.outcomes import Mishap, Subject
from schemas.trouble import LeftOut, Trouble
from transforms import progress
from transforms.identity import digest
from transforms.letters.make import make_dead_letter, make_dropped, origin_of, url_of
from transforms.workers.policy import WorkerPolicy, call_preload
from transforms.workers.pool import Died, shared_pool
from transforms.workers.steps import Crash, End, Ended, Step, describe_crash, run_many, run_steps

NAMESPACE = "newsmill"
"""Beam metric namespace of all counters; a counter is named ``<stage>.<outcome>``."""

OUTCOMES = ("in", "done", "dead", "filtered", "duplicate", "known")
"""What is counted of a stage. "known" is what an earlier run has committed: counted, but no row of its own."""


class Attempted(NamedTuple):
    """What Attempt returns: every element is in exactly one of the three."""

    done: beam.PCollection[Any]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


def work_key(stage: str, subject: Subject) -> str:
    """What tells an element apart in the work of one stage; a pure function of where it came from."""
    origin = origin_of(subject)
    return digest(stage, type(subject).__name__, origin.uri, str(origin.position), url_of(subject) or "")


class Ledger:
    """Counts what becomes of the elements of one stage, inside a DoFn.

    Call it from the thread that runs ``process``: Beam's counters belong to that thread.
    The law a stage keeps: ``in = done + dead + filtered + duplicate + known``.
    """

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._counters = {name: Metrics.counter(NAMESPACE, f"{stage}.{name}") for name in OUTCOMES}
        self._micros = Metrics.counter(NAMESPACE, f"{stage}.micros")

    def count(self, outcome: str, n: int = 1) -> None:
        """Add to one of OUTCOMES."""
        self._counters[outcome].inc(n)
        progress.tick(self._stage, outcome, n)

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Adds the time spent inside to the stage's busy time."""
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            self._micros.inc((time.perf_counter_ns() - start) // 1000)

    def dead(self, subject: Subject, trouble: Trouble, trace: str | None = None) -> TaggedOutput:
        """Count a failure and give the output to yield for it."""
        self.count("dead")
        Metrics.counter(NAMESPACE, f"code.{trouble.code}").inc()
        return TaggedOutput("dead", make_dead_letter(subject, self._stage, trouble, trace))

    def crashed(self, subject: Subject, code: str, error: BaseException | Crash) -> TaggedOutput:
        """Count a failure of a library on untrusted input; the traceback is kept."""
        crash = error if isinstance(error, Crash) else describe_crash(error)
        return self.dead(subject, Trouble(code, crash.message), crash.trace)

    def died(self, subject: Subject, died: Died) -> TaggedOutput:
        """Count an element whose worker process, or whole run, was ended."""
        code = "run.ended_twice" if died.why == "ended_twice" else f"{self._stage}.{died.why}"
        return self.dead(subject, Trouble(code, died.message))

    def spend(self, micros: int) -> None:
        """Add to the stage's busy time, in microseconds."""
        self._micros.inc(micros)

    def left_out(self, subject: Subject, why: LeftOut, *, duplicate_of: str | None = None) -> TaggedOutput:
        """Count an element that is left out on purpose and give the output to yield for it."""
        self.count("filtered" if duplicate_of is None else "duplicate")
        Metrics.counter(NAMESPACE, f"reason.{why.reason}").inc()
        return TaggedOutput("dropped", make_dropped(subject, self._stage, why, duplicate_of=duplicate_of))


class _StepsFn(beam.DoFn):
    def __init__(self, steps: tuple[Step, ...], workers: WorkerPolicy | None) -> None:
        self._steps = steps
        self._workers = workers

    def setup(self) -> None:
        self._ledgers = [Ledger(step.stage) for step in self._steps]
        if self._workers is None:
            for step in self._steps:
                for preload in step.preload:
                    call_preload(preload)

    def start_bundle(self) -> None:
        self._client = shared_pool(self._workers).client() if self._workers is not None else None

    def process(
        self, element: Any, timestamp: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterable[Any]:
        if self._client is None:
            yield self._book(element, run_steps(element, steps=self._steps))
            return
        key = work_key(self._steps[0].stage, element)
        self._client.submit((element, timestamp, window), self._steps, element, key=key)
        yield from self._collect(wait=False)

    def finish_bundle(self) -> Iterable[Any]:
        if self._client is not None:
            yield from self._collect(wait=True)
            self._client.close()

    def _collect(self, *, wait: bool) -> Iterator[Any]:
        assert self._client is not None
        for (element, timestamp, window), ended in self._client.collect(wait=wait):
            booked = self._book(element, ended)
            value = booked.value if isinstance(booked, TaggedOutput) else booked
            # Each with the time and window of its own element: it may come out while another one is worked on.
            placed = WindowedValue(value, timestamp, (window,))
            yield TaggedOutput(booked.tag, placed) if isinstance(booked, TaggedOutput) else placed

    def _book(self, element: Any, ended: Ended | Died) -> Any:
        """Count what became of an element in each step that it came to; gives what to yield."""
        if isinstance(ended, Ended):
            for ledger, micros in zip(self._ledgers, ended.micros, strict=False):
                ledger.spend(micros)
        for ledger in self._ledgers[: ended.step]:
            ledger.count("in")
            ledger.count("done")
        ledger = self._ledgers[ended.step]
        ledger.count("in")
        if isinstance(ended, Died):
            return ledger.died(element, ended)
        subject = element if ended.subject is None else ended.subject
        match ended.result:
            case Trouble() as why:
                return ledger.dead(subject, why)
            case LeftOut() as why:
                return ledger.left_out(subject, why)
            case Crash() as crash:
                return ledger.crashed(subject, str(self._steps[ended.step].crash), crash)
        ledger.count("done")
        return ended.result


class Attempt(beam.PTransform[beam.PCollection[Any], Attempted]):
    """Apply functions that may fail, one after the other; failures leave as dead letters, no element stops the run.

    Elementwise: keeps windows and timestamps, works bounded or unbounded; with workers the results of a bundle
    come in any order. Each step is a stage of the ledger.

    Args:
        steps: what is applied to each element, at least one.
        returns: type of a result of the last step.
        workers: run in worker processes of that policy, each element under its budget; None runs in place.

    Raises:
        ValueError: no steps.
    """

    def __init__(self, *steps: Step, returns: Any, workers: WorkerPolicy | None = None) -> None:
        super().__init__()
        if not steps:
            raise ValueError("an Attempt needs at least one step")
        self._do = _StepsFn(steps, workers)
        self._returns = returns

    def expand(self, pcoll: beam.PCollection[Any]) -> Attempted:
        split = pcoll | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        return typed(split, self._returns)


def give_many(step: Step, element: Any, workers: WorkerPolicy | None, *, singly: bool = False) -> Iterator[Any]:
    """What a function of many results gives for one element; last an End, or a Died where its worker was ended."""
    if workers is None:
        return run_many(step.fn(element))
    return shared_pool(workers).stream(step.fn, element, singly=singly)


class _ManyFn(beam.DoFn):
    def __init__(self, step: Step, workers: WorkerPolicy | None) -> None:
        self._step = step
        self._workers = workers

    def setup(self) -> None:
        self._ledger = Ledger(self._step.stage)

    def process(self, element: Any) -> Iterable[Any]:
        ledger = self._ledger
        results = give_many(self._step, element, self._workers)
        while True:
            with ledger.clock():
                result = next(results)
            if isinstance(result, End):
                if result.why is None:
                    return
                if isinstance(result.why, Crash) and self._step.crash is None:
                    raise WorkerFault(result.why.trace)
            ledger.count("in")
            why = result.why if isinstance(result, Mishap | End) else None
            subject = result.subject if isinstance(result, Mishap) else element
            if isinstance(result, Died):
                yield ledger.died(element, result)
            elif isinstance(why, Trouble):
                yield ledger.dead(subject, why)
            elif isinstance(why, LeftOut):
                yield ledger.left_out(subject, why)
            elif isinstance(why, Crash):
                yield ledger.crashed(subject, str(self._step.crash), why)
            else:
                ledger.count("done")
                yield result
            if isinstance(result, End | Died):
                return


class AttemptMany(beam.PTransform[beam.PCollection[Any], Attempted]):
    """Apply a function that gives many results for one element; what fails inside it is a Mishap, the others go on.

    Elementwise: keeps windows and timestamps, works bounded or unbounded. What is counted as "in" is each thing
    that the function gives: a result, a Mishap, or the exception that ends it.

    Args:
        step: its function gives an iterable of results.
        returns: type of a result.
        workers: run in a worker process, each result under the budget; None runs in place.
    """

    def __init__(self, step: Step, *, returns: Any, workers: WorkerPolicy | None = None) -> None:
        super().__init__()
        self._do = _ManyFn(step, workers)
        self._returns = returns

    def expand(self, pcoll: beam.PCollection[Any]) -> Attempted:
        split = pcoll | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        return typed(split, self._returns)


def typed(split: Any, returns: Any) -> Attempted:
    """The three tagged outputs of a DoFn with their element types set."""
    done, dead, dropped = split.done, split.dead, split.dropped
    done.element_type, dead.element_type, dropped.element_type = returns, DeadLetter, Dropped
    return Attempted(done=done, dead=dead, dropped=dropped)
