"""Functions applied to one element one after the other, and how that ends."""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from schemas.trouble import LeftOut, Trouble
from transforms.workers.policy import Preload

MAX_TRACE_CHARS = 8000
MAX_MESSAGE_CHARS = 500


class Step(NamedTuple):
    """One function of a chain.

    Attributes:
        stage: its name in the ledger, lower case.
        fn: element to result. Raises Trouble (dead letter) or LeftOut (filtered). To run in a worker process
            it must pickle, and import without Beam.
        crash: code for any other exception, where ``fn`` hands untrusted input to a library; None lets it stop
            the run, as a defect of newsmill must.
        preload: what is called once before the first element, such as the loading of a model; a failure there
            is no fault of an element, and stops the run.
    """

    stage: str
    fn: Callable[[Any], Any]
    crash: str | None = None
    preload: tuple[Preload, ...] = ()


class Crash(NamedTuple):
    """An exception that was not expected, in a form that crosses processes."""

    message: str
    trace: str


class Ended(NamedTuple):
    """How a chain of steps ended for one element.

    Attributes:
        step: index of the step that ended it; the last one where all went well.
        micros: microseconds spent in each step that was begun.
        result: of the last step, or why there is none.
        subject: what entered the step that failed; None for the element itself.
    """

    step: int
    micros: tuple[int, ...]
    result: Any
    subject: Any = None


def describe_crash(error: BaseException) -> Crash:
    """An exception with its traceback, both cut to what a dead letter holds."""
    trace = "".join(traceback.format_exception(error))
    return Crash(f"{type(error).__name__}: {error}"[:MAX_MESSAGE_CHARS], trace[-MAX_TRACE_CHARS:])


def run_steps(element: Any, *, steps: Sequence[Step], enter: Callable[[int], None] = lambda _: None) -> Ended:
    """Apply the steps; each is given what the one before it made.

    Args:
        enter: hears the index of each step after the first, before it begins.

    Raises:
        MemoryError: a step needs more than it may have.
        Exception: what a step without ``crash`` raised.
    """
    micros: list[int] = []
    made = element
    for index, step in enumerate(steps):
        if index:
            enter(index)
        start = time.perf_counter_ns()
        result: Any
        try:
            result = step.fn(made)
        except (Trouble, LeftOut) as why:
            result = why
        except MemoryError:
            raise
        except Exception as error:
            if step.crash is None:
                raise
            result = describe_crash(error)
        micros.append((time.perf_counter_ns() - start) // 1000)
        if isinstance(result, Trouble | LeftOut | Crash):
            return Ended(index, tuple(micros), result, made if index else None)
        made = result
    return Ended(len(steps) - 1, tuple(micros), made)


class End(NamedTuple):
    """What ended a stream of results: nothing, or why it broke off."""

    why: Trouble | LeftOut | Crash | None


def run_many(results: Iterable[Any]) -> Iterator[Any]:
    """Every result, and as the last thing an End.

    Raises:
        MemoryError: more memory is needed than there may be.
    """
    try:
        yield from results
    except (Trouble, LeftOut) as why:
        yield End(why)
    except MemoryError:
        raise
    except Exception as error:
        yield End(describe_crash(error))
    else:
        yield End(None)
