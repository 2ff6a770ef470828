"""Steps, the functions that a stage applies to an element, and how they end."""

import dataclasses
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from schemas.trouble import LeftOut, Trouble
from transforms.workers.policy import Preload

MAX_TRACE_CHARS = 8000
MAX_MESSAGE_CHARS = 500


class Call(Protocol):
    """The function of a step that gives many results, called where the step runs: in a worker process or in place."""

    def __call__(self, element: Any, *, singly: bool = False) -> Iterator[Any]:
        """Yield the results of one element; last an End, or a Died where the worker process was ended.

        Args:
            element: what the function is applied to.
            singly: whether each result is sent by itself. Otherwise some are lost when their worker is ended.
        """


class Step(NamedTuple):
    """One function of a stage.

    Attributes:
        stage: name of the stage, lower case.
        fn: element to result, or with ``is_many`` to an iterable of results, where a Mishap stands for each result
            that failed. Raises Trouble (dead letter) or LeftOut (filtered). To run in a worker process it must pickle,
            and import without Beam.
        crash: code of the dead letter for any other exception, where ``fn`` hands untrusted input to a library. With
            None such an exception is a defect of newsmill and stops the run.
        preload: functions called once before the first element, such as one that loads a model. A failure in one
            stops the run.
        is_many: whether ``fn`` gives many results. Such a step is the only one of its Attempt.
        drive: generator function of an element and a Call, for a step with ``is_many``. It runs in the process of the
            run, makes as many calls as it needs (again behind a record that ended a worker, or none), and yields what
            the calls gave, changed or not. None makes one call.
    """

    stage: str
    fn: Callable[[Any], Any]
    crash: str | None = None
    preload: tuple[Preload, ...] = ()
    is_many: bool = False
    drive: Callable[[Any, Call], Iterator[Any]] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class LazyFunction:
    """A function whose module is imported by the first call: in the worker process, not in the process of the run.

    What reads pages takes a fifth of a second to import, which a run would otherwise spend twice.

    >>> LazyFunction("posixpath", "join")("lake", "runs")
    'lake/runs'

    Attributes:
        module: name of its module.
        name: of the function in it.
        keywords: arguments that each call has.
    """

    module: str
    name: str
    keywords: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def preload(self) -> Preload:
        """What imports the module beforehand."""
        return ("importlib", "import_module", self.module)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it."""
        return getattr(import_module(self.module), self.name)(*arguments, **self.keywords, **keywords)


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
    """Describe an exception with its traceback, both cut to what a dead letter holds."""
    trace = "".join(traceback.format_exception(error))
    return Crash(f"{type(error).__name__}: {error}"[:MAX_MESSAGE_CHARS], trace[-MAX_TRACE_CHARS:])


def run_steps(element: Any, *, steps: Sequence[Step], enter: Callable[[int], None] = lambda _: None) -> Ended:
    """Apply the steps; each is given what the one before it made.

    Args:
        enter: called with the index of each step after the first, before it begins.

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
    """The end of many results: in order where ``why`` is None, else what broke them off."""

    why: Trouble | LeftOut | Crash | None


class Uncounted(NamedTuple):
    """A result that is passed on without being counted as one of the stage."""

    value: Any


def run_many(results: Iterable[Any]) -> Iterator[Any]:
    """Yield every result and at last an End.

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
