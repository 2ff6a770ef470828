"""One stage run on a list, with its outputs and counters as plain values.

Beam's pipe from a list gives no metrics, and costs a run for each output; :func:`collect` runs the stage once.
"""

import uuid
from collections.abc import Iterable
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from transforms.ledger import NAMESPACE

_HELD: dict[str, list[tuple[str, Any]]] = {}


def _keep(element: Any, run: str, name: str) -> None:
    _HELD[run].append((name, element))


class Collected:
    """Outputs of a stage by name, as lists; ``counters`` holds newsmill's counters."""

    def __init__(self, held: list[tuple[str, Any]], names: Iterable[str], counters: dict[str, int]) -> None:
        self._outputs = {name: [element for kept, element in held if kept == name] for name in names}
        self.counters = counters

    def __getattr__(self, name: str) -> list[Any]:
        return self._outputs[name]


def collect(elements: Iterable[Any], stage: beam.PTransform[Any, Any], *, options: Iterable[str] = ()) -> Collected:
    """Apply ``stage`` in the in-process runner; a NamedTuple result is collected field by field."""
    run = uuid.uuid4().hex
    _HELD[run] = []
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions(list(options)))
    result = pipeline | "Elements" >> beam.Create(list(elements)) | "Stage" >> stage
    outputs = result._asdict() if hasattr(result, "_asdict") else {"out": result}
    for name, pcoll in outputs.items():
        _ = pcoll | f"Keep {name}" >> beam.Map(_keep, run, name)
    done = pipeline.run()
    done.wait_until_finish()
    counters: dict[str, int] = {}
    for counter in done.metrics().query()["counters"]:
        if counter.key.metric.namespace == NAMESPACE:
            name = counter.key.metric.name
            counters[name] = counters.get(name, 0) + counter.committed
    return Collected(_HELD.pop(run), outputs, counters)
