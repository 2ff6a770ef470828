"""Inputs that are left out again, for the same reason: they are counted and not written again."""

from collections.abc import Iterable
from typing import Any

import apache_beam as beam

from schemas.articles import Dropped
from transforms.known.files import KnownFiles
from transforms.known.index import LEFT_OUT_COUNTER, left_out_bits
from transforms.known.lookup import LookUpFn, count_not_written


class _SkipFn(LookUpFn):
    def process(self, element: Dropped, window: Any = beam.DoFn.WindowParam) -> Iterable[Dropped]:
        if element.replay_of is None:
            self.look(window)
            if self._before is not None and self._before.has_left_out(left_out_bits(element)):
                count_not_written(LEFT_OUT_COUNTER, element.reason)
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
