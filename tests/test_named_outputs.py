"""The base class of transforms that return several collections."""

import logging
from typing import NamedTuple

import apache_beam as beam
import pytest
from apache_beam.typehints import TypeCheckError

from transforms.named_outputs import NamedOutputs


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
