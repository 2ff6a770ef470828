"""The counters of a stage, and the transform that applies functions which may fail."""

import functools
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
from schemas.stages import stage_named
from schemas.trouble import LeftOut, Trouble
from transforms import progress
from transforms.letters.make import make_dead_letter, make_dropped
from transforms.letters.work_key import subject_of, work_key
from transforms.named_outputs import NamedOutputs
from transforms.workers.policy import WorkerPolicy, call_preload
from transforms.workers.pool import Died
from transforms.workers.shared_pools import shared_pool
from transforms.workers.steps import Crash, End, Ended, Step, Uncounted, describe_crash, run_many, run_steps

NAMESPACE = "newsmill"
"""Beam metric namespace of all counters; a counter is named ``<stage>.<outcome>``."""


class Attempted(NamedTuple):
    """What Attempt returns: every element is in exactly one of the three."""

    done: beam.PCollection[Any]
    dead: beam.PCollection[DeadLetter]
    dropped: beam.PCollection[Dropped]


class Ledger:
    """Counts what becomes of the elements of one stage, inside a DoFn.

    Call it from the thread that runs ``process``: Beam's counters belong to that thread.
    The law a stage keeps: what is in ends in exactly one of its outcomes.

    Args:
        stage: its word.

    Raises:
        ValueError: schemas/stages.py declares no such stage.
    """

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._counters = {
            name: Metrics.counter(NAMESPACE, f"{stage}.{name}") for name in ("in", *stage_named(stage).outcomes)
        }
        self._micros = Metrics.counter(NAMESPACE, f"{stage}.micros")

    def count(self, outcome: str, n: int = 1) -> None:
        """Add to "in" or to one of the outcomes of the stage."""
        self._counters[outcome].inc(n)
        progress.tick(self._stage, outcome, n)

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Add the time spent inside to the stage's busy time."""
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            self._micros.inc((time.perf_counter_ns() - start) // 1000)

    def dead(self, subject: Subject, trouble: Trouble, trace: str | None = None) -> TaggedOutput:
        """Count a failure and return the output to yield for it."""
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
        """Count an element that is left out on purpose and return the output to yield for it."""
        self.count("filtered" if duplicate_of is None else "duplicate")
        Metrics.counter(NAMESPACE, f"reason.{why.reason}").inc()
        return TaggedOutput("dropped", make_dropped(subject, self._stage, why, duplicate_of=duplicate_of))


def call_many(step: Step, workers: WorkerPolicy | None, element: Any, *, singly: bool = False) -> Iterator[Any]:
    """Run a step that gives many results, in a worker process or in place: a Call once step and policy are bound."""
    if workers is None:
        return run_many(step.fn(element))
    return shared_pool(workers).stream(step.fn, element, key=work_key(step.stage, element), singly=singly)


class _AttemptFn(beam.DoFn):
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
        is_shared = self._workers is not None and not self._steps[0].is_many
        self._client = shared_pool(self._workers).client() if self._workers is not None and is_shared else None

    def process(
        self, element: Any, timestamp: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterable[Any]:
        if self._steps[0].is_many:
            yield from self._each(element)
        elif self._client is None:
            yield self._settle(element, run_steps(element, steps=self._steps))
        else:
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
            settled = self._settle(element, ended)
            value = settled.value if isinstance(settled, TaggedOutput) else settled
            # Each with the time and window of its own element: it may be yielded while another one is worked on.
            placed = WindowedValue(value, timestamp, (window,))
            yield TaggedOutput(settled.tag, placed) if isinstance(settled, TaggedOutput) else placed

    def _each(self, element: Any) -> Iterator[Any]:
        """Yield the results of a step that gives many, as they come."""
        (step,), (ledger,) = self._steps, self._ledgers
        call = functools.partial(call_many, step, self._workers)
        results = call(element) if step.drive is None else step.drive(element, call)
        while True:
            with ledger.clock():
                result = next(results, _EXHAUSTED)
            match result:
                case _Exhausted():
                    return
                case Uncounted(value):
                    yield value
                case End(why):
                    if why is not None:
                        yield self._settle(element, Ended(0, (), why))
                case Mishap(subject, why):
                    yield self._settle(element, Ended(0, (), why, subject))
                case Died():
                    yield self._settle(element, result)
                case _:
                    yield self._settle(element, Ended(0, (), result))

    def _settle(self, element: Any, ended: Ended | Died) -> Any:
        """Count what became of an element in each step that it came to; return what to yield."""
        if isinstance(ended, Ended):
            for ledger, micros in zip(self._ledgers, ended.micros, strict=False):
                ledger.spend(micros)
        for ledger in self._ledgers[: ended.step]:
            ledger.count("in")
            ledger.count("done")
        ledger, step = self._ledgers[ended.step], self._steps[ended.step]
        ledger.count("in")
        if isinstance(ended, Died):
            return ledger.died(subject_of(element), ended)
        subject = subject_of(element) if ended.subject is None else ended.subject
        match ended.result:
            case Trouble() as why:
                return ledger.dead(subject, why)
            case LeftOut() as why:
                return ledger.left_out(subject, why)
            case Crash() as crash:
                if step.crash is None:
                    raise WorkerFault(crash.trace)
                return ledger.crashed(subject, step.crash, crash)
        ledger.count("done")
        return ended.result


class _Exhausted:
    """The end of an iterator, different from every result."""


_EXHAUSTED = _Exhausted()


class Attempt(NamedOutputs[beam.PCollection[Any], Attempted]):
    """Apply functions that may fail, one after the other; a failure becomes a dead letter and does not stop the run.

    Elementwise: keeps windows and timestamps, works bounded or unbounded. Each step is a stage of the ledger. Of a
    step with ``is_many`` each result is counted as "in": a value, a Mishap, or the exception that ended the results.

    In worker processes, single results of a bundle come in any order; at most QUEUED elements for each worker are
    in flight. Many results come in their order, in batches, and one element is worked on at a time.

    Args:
        steps: functions to apply to each element, at least one.
        returns: type of a result of the last step.
        workers: policy of the worker processes to run in, where each element, or each of many results, has a budget;
            None runs in place.

    Raises:
        ValueError: no steps, or a step with ``is_many`` beside others.
    """

    def __init__(self, *steps: Step, returns: Any, workers: WorkerPolicy | None = None) -> None:
        super().__init__()
        if not steps:
            raise ValueError("an Attempt needs at least one step")
        if len(steps) > 1 and any(step.is_many for step in steps):
            names = ", ".join(step.stage for step in steps)
            raise ValueError(f"a step with many results must be alone, got {names}: chain two Attempts")
        self._do = _AttemptFn(steps, workers)
        self._returns = returns

    def expand(self, pcoll: beam.PCollection[Any]) -> Attempted:
        split = pcoll | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        return typed(split, self._returns)


def typed(split: Any, returns: Any) -> Attempted:
    """Set the element types of the three tagged outputs of a DoFn."""
    done, dead, dropped = split.done, split.dead, split.dropped
    done.element_type, dead.element_type, dropped.element_type = returns, DeadLetter, Dropped
    return Attempted(done=done, dead=dead, dropped=dropped)
