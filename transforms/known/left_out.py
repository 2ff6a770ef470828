"""Inputs that are left out again, for the same reason: they are counted and not written again."""

from collections.abc import Iterable
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics

from schemas.articles import Dropped
from transforms.known.files import KnownFiles
from transforms.known.index import LEFT_OUT_COUNTER, left_out_bits
from transforms.ledger import NAMESPACE


class _SkipFn(beam.DoFn):
    def __init__(self, files: KnownFiles) -> None:
        self._files = files

    def start_bundle(self) -> None:
        self._window: Any = None

    def process(self, element: Dropped, window: Any = beam.DoFn.WindowParam) -> Iterable[Dropped]:
        if element.replay_of is None:
            if self._window is None or window != self._window:
                self._before, _ = self._files.load(window)
                self._window = window
            if self._before is not None and self._before.has_left_out(left_out_bits(element)):
                for name in (LEFT_OUT_COUNTER, f"{LEFT_OUT_COUNTER}.{element.reason}"):
                    Metrics.counter(NAMESPACE, name).inc()
                return
        yield element


class SkipKnownDropped(beam.PTransform[beam.PCollection[Dropped], beam.PCollection[Dropped]]):
    """Leave out rows that an earlier run has written, word for word, of the same input and what its feed said of it.

    Elementwise: keeps windows and timestamps. Rows that answer a dead letter are not looked up.
    The law: rows in = rows out + ``dropped.known``.

    Args:
        files: the indexes.
    """

    def __init__(self, files: KnownFiles) -> None:
        super().__init__()
        self._do = _SkipFn(files)

    def expand(self, dropped: beam.PCollection[Dropped]) -> beam.PCollection[Dropped]:
        kept: beam.PCollection[Dropped] = dropped | beam.ParDo(self._do).with_output_types(Dropped)
        return kept
