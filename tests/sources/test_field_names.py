"""The table of field names, and what is asked in which order."""

import pytest

from tests.support.paths import ROOT
from transforms.sources.field_names import ENVELOPES, INSIDE, NAMES, FieldMap, Fields, plain_name

DOCS = ROOT / "docs" / "inputs.md"


def test_the_docs_have_the_table() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for field, names in NAMES.items():
        assert f"| {field} | {', '.join(names)} |\n" in text
    assert all(f"`{name}`" in text for name in INSIDE)


@pytest.mark.parametrize("field", NAMES)
def test_names_are_written_once_each(field: str) -> None:
    plain = [plain_name(name) for name in NAMES[field]]
    assert len(plain) == len(set(plain))
    assert len(set(ENVELOPES)) == len(ENVELOPES)


def test_the_record_itself_comes_before_what_is_inside() -> None:
    record = {"metadata": {"title": "inner", "URL": "https://a.example/2"}, "Headline": "outer", "title": "  "}
    fields = Fields(record, FieldMap())
    assert fields.first("title") == "outer"
    assert fields.first("url") == "https://a.example/2"
    assert fields.first("text") is None


def test_an_object_that_is_written_as_a_string() -> None:
    fields = Fields({"text": "x", "meta": '{"url": "https://a.example/1"}', "metadata": "{oops"}, FieldMap())
    assert fields.first("url") == "https://a.example/1"


def test_mapped_names_must_be_of_a_field() -> None:
    with pytest.raises(ValueError, match="there is no field 'colour' to map 'x' to: choose from url, html, text"):
        FieldMap(pairs=(("colour", "x"),))
