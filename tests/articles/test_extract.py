"""The stage keeps the ledger law: in = done + dead."""

import sys

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from schemas.documents import Document, Origin
from transforms.articles.extract import ExtractArticles
from transforms.articles.policy import ExtractPolicy

ORIGIN = Origin(uri="pages", kind="html")
GOOD = (
    b"<html><body><article><h1>Ferry</h1>"
    b"<p>The ferry ran aground near Ostrel on Tuesday; nobody was hurt.</p></article></body></html>"
)


@pytest.fixture(autouse=True)
def _argv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["test"])


def test_every_document_ends_somewhere() -> None:
    documents = [Document(media="html", origin=ORIGIN, body=body) for body in (GOOD, b"", b"%PDF-1.4", b"<p>" * 40_000)]
    with beam.Pipeline(runner="apache_beam.runners.portability.fn_api_runner.FnApiRunner") as pipeline:
        found = pipeline | beam.Create(documents) | ExtractArticles(policy=ExtractPolicy(min_chars=20))
        codes = found.dead | beam.Map(lambda letter: letter.code)
        texts = found.articles | beam.Map(lambda article: article.text)
        assert_that(codes, equal_to(["extract.empty", "extract.not_html", "extract.too_complex"]), label="dead")
        assert_that(texts, equal_to(["The ferry ran aground near Ostrel on Tuesday; nobody was hurt."]), label="done")


def test_min_chars_is_checked() -> None:
    with pytest.raises(ValueError, match="min_chars"):
        ExtractPolicy(min_chars=0)
