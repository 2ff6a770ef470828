"""The base class of transforms that return several collections."""

from typing import Any, TypeVar

import apache_beam as beam
from apache_beam.typehints.decorators import IOTypeHints, get_type_hints

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT", bound=tuple[Any, ...])


class NamedOutputs(beam.PTransform[InputT, OutputT]):
    """A transform that returns a named tuple of collections.

    Beam takes type hints from the annotations of ``expand``, and logs a warning about a result that is not one
    collection. This class gives it the hint of the input alone; each collection of the result has its own type.
    """

    def default_type_hints(self) -> IOTypeHints:
        """Type hints of the class, else those of the input of ``expand``."""
        hints = IOTypeHints.from_callable(self.expand)
        if hints is not None:
            hints = hints._replace(output_types=None).strip_pcoll()
        return get_type_hints(type(self)).with_defaults(hints)
