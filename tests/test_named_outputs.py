"""The base class of transforms that return several collections."""

import importlib
import inspect
import logging
import pkgutil
from typing import NamedTuple, get_type_hints

import apache_beam as beam
import pytest
from apache_beam.typehints import TypeCheckError

import pipeline
import transforms
from transforms.named_outputs import NamedOutputs

TRANSFORMS = {
    found
    for package in (pipeline, transforms)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith(".__main__")
    for found in vars(importlib.import_module(module.name)).values()
    if inspect.isclass(found) and issubclass(found, beam.PTransform) and found.__module__ == module.name
} - {NamedOutputs}


class Split(NamedTuple):
    short: beam.PCollection[str]
    long: beam.PCollection[str]


class SplitWords(NamedOutputs[beam.PCollection[str], Split]):
    def expand(self, words: beam.PCollection[str]) -> Split:
        short = words | "Short" >> beam.Filter(lambda word: len(word) < 4).with_output_types(str)
        return Split(short, words | "Long" >> beam.Filter(lambda word: len(word) > 3).with_output_types(str))


def test_beam_logs_no_warning_about_the_result(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found: Split = beam.Pipeline() | beam.Create(["a", "word"]) | SplitWords()
    assert found.short.element_type is str
    assert caplog.records == []


def test_the_type_of_the_input_is_checked() -> None:
    numbers = beam.Pipeline() | beam.Create([1, 2]).with_output_types(int)
    with pytest.raises(TypeCheckError, match="int"):
        _ = numbers | SplitWords()


@pytest.mark.parametrize("transform", sorted(TRANSFORMS, key=str))
def test_every_transform_with_several_outputs_is_of_this_class(transform: type) -> None:
    returns = get_type_hints(transform.expand)["return"]  # type: ignore[attr-defined]
    has_several = inspect.isclass(returns) and issubclass(returns, tuple)
    assert issubclass(transform, NamedOutputs) == has_several
