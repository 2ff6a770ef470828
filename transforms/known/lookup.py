"""What all DoFns share that compare elements with what earlier runs have stored."""

from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics

from transforms.known.files import KnownFiles
from transforms.ledger import NAMESPACE


class LookUpFn(beam.DoFn):
    """A DoFn that looks elements up in the indexes.

    Args:
        files: the indexes.
    """

    def __init__(self, files: KnownFiles) -> None:
        self._files = files

    def start_bundle(self) -> None:
        """Forget the window of the bundle before."""
        self._window: Any = None

    def look(self, window: Any) -> None:
        """Load what is known for the elements of a window; a bundle may hold several windows."""
        if self._window is None or window != self._window:
            self._before, self._so_far = self._files.load(window)
            self._window = window


def count_not_written(counter: str, word: str) -> None:
    """Count a row that is not written, since an earlier one says the same.

    Args:
        counter: of all such rows of a table.
        word: code or reason of the row; such rows are counted by it, too.
    """
    for name in (counter, f"{counter}.{word}"):
        Metrics.counter(NAMESPACE, name).inc()
