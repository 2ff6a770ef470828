"""What the metadata, the title and the types of a page show of its kind."""

import re
import unicodedata
from math import log1p

from transforms.articles.lengths import count_words, measure_length
from transforms.articles.metadata import Metadata
from transforms.articles.sentence_ends import STOPS
from transforms.urls import split_url

_MAX_URL = 2_000
_MAX_TITLE = 500
_MAX_DESCRIPTION = 5_000
_MAX_TYPES = 100
_MAX_TYPE = 100
_DASHES = (" - ", " – ", " — ")
_PARTS = re.compile(r" [|–—\-·»:] |[|｜：]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FILE = (".htm", ".html", ".php", ".asp", ".aspx", ".jsp")
_PUBLIC = (".org", ".edu", ".gov")
_LETTERS = re.compile(r"[a-z]+")
_FEWEST_ASKED = 4
"""Words of an address that asks a question; shorter ones are what sites have of themselves: "how to apply"."""

_QUESTIONS = frozenset(
    f"{first} {second}"
    for first, others in {
        "what": "is are was were does do did s",
        "how": "to is are do does did can much many long often",
        "why": "is are was were do does did",
        "when": "is are was were do does did to",
        "who": "is are was were",
        "was": "ist sind bedeutet kostet",
        "wie": "funktioniert kann viel viele lange oft man wird werden",
        "warum": "ist sind wird werden",
        "qu": "est",
        "comment": "faire fonctionne choisir",
        "pourquoi": "le la les est faut",
        "que": "es son",
        "como": "se hacer fazer funciona elegir escolher",
        "por": "que",
        "cos": "e",
        "che": "cosa",
        "come": "si fare funziona scegliere",
        "o": "que",
        "wat": "is zijn betekent",
        "hoe": "werkt kan kun veel lang",
        "waarom": "is zijn",
    }.items()
    for second in others.split()
)
"""The first two words of questions that a text answers, without accents."""


def measure_metadata(metadata: Metadata, title: str, url: str | None) -> dict[str, float]:
    """Count what the metadata of a page states, and what its title and its headline look like.

    Args:
        metadata: of the page.
        title: what its ``<title>`` says, white space folded.
        url: its address; what begins with ``url_`` is 0 where there is none.
    """
    source = metadata.published.source if metadata.published else ""
    title, headline = title[:_MAX_TITLE], (metadata.headline or "")[:_MAX_TITLE].strip()
    parts = [count_words(part) for part in _PARTS.split(title) if part.strip()]
    words = [word for word in headline.split() if word[0].isalpha()]
    return {
        "published_ld": float(source == "json_ld"),
        "published_meta": float(source == "meta"),
        "published_seen": float(source not in ("", "json_ld", "meta")),
        "modified": float(metadata.modified is not None),
        "modified_alone": float(metadata.modified is not None and metadata.published is None),
        "dates": log1p(len(metadata.date_candidates)),
        "byline": float(bool(metadata.byline)),
        "authors": float(min(3, len(metadata.authors))),
        "persons": float(any(author.type == "Person" for author in metadata.authors)),
        "author_url": float(any(author.url for author in metadata.authors)),
        "section": float(bool(metadata.article_section)),
        "keywords": float(min(5, len(metadata.keywords))),
        "image": float(bool(metadata.image_url)),
        "description": log1p(measure_length((metadata.description or "")[:_MAX_DESCRIPTION])),
        "subheadline": float(bool(metadata.subheadline)),
        "declared_body": float(bool(metadata.body)),
        "is_free": float(metadata.is_accessible_for_free is not None),
        "titles": float(len(metadata.titles)),
        "type_count": float(min(20, len(metadata.declared_types))),
        "main_entity": float(bool(metadata.main_entity_types)),
        "main_article": float(is_about_article(metadata)),
        "title_size": float(min(200, measure_length(title))),
        "title_words": float(min(25, count_words(title))),
        "title_parts": float(len(parts)),
        "title_first": float(parts[0] if parts else 0),
        "title_longest": float(max(parts, default=0)),
        "title_bar": float("|" in title or "｜" in title),
        "title_dash": float(any(dash in title for dash in _DASHES)),
        "title_colon": float(":" in title or "：" in title),
        "title_and": float("&" in title),
        "title_question": float(any(mark in title for mark in "?？؟")),
        "headline_size": float(min(200, measure_length(headline))),
        "headline_words": float(min(25, count_words(headline))),
        "headline_capitals": sum(word[0].isupper() for word in words) / len(words) if words else 0.0,
        "headline_stop": float(headline[-1:] in STOPS),
        **_compare_address(headline, url),
    }


def is_about_article(metadata: Metadata) -> bool:
    """Return whether a page declares that what it is about is an article."""
    kinds = [kind.lower() for kind in metadata.main_entity_types]
    return any(kind.endswith("article") or kind == "blogposting" for kind in kinds)


def is_explanation(headline: str, url: str | None) -> bool:
    """Return whether a headline asks what a text explains, and the last step of the address asks it, too.

    >>> is_explanation("What is a tidal barrier?", "https://office.example/learn/what-is-a-tidal-barrier")
    True
    >>> is_explanation("How to apply", "https://office.example/how-to-apply")
    False
    """
    last = split_url((url or "")[:_MAX_URL]).path.lower().rstrip("/").rsplit("/", 1)[-1]
    asked = _LETTERS.findall(last)
    if len(asked) < _FEWEST_ASKED or " ".join(asked[:2]) not in _QUESTIONS:
        return False
    plain = unicodedata.normalize("NFKD", headline[:_MAX_TITLE].lower())
    said = _LETTERS.findall("".join(char for char in plain if not unicodedata.combining(char)))
    return said[:1] == asked[:1]


def _compare_address(headline: str, url: str | None) -> dict[str, float]:
    """Measure the form of an address, and how much of its last step the headline has."""
    parts = split_url((url or "")[:_MAX_URL])
    path, host = parts.path.lower(), parts.hostname or ""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    step, said = set(_WORD.findall(last)), set(_WORD.findall(headline.lower()))
    return {
        "url_in_headline": len(step & said) / len(step) if step else 0.0,
        "url_of_headline": float(len(step & said)),
        "url_file": float(last.endswith(_FILE)),
        "url_size": float(min(200, len(path))),
        "url_digits": float(min(30, sum(char.isdigit() for char in path))),
        "url_labels": float(host.count(".") + 1 if host else 0),
        "url_public": float(host.endswith(_PUBLIC)),
    }


def name_types(metadata: Metadata) -> frozenset[str]:
    """Return the types that a page declares, lower case, those of what it is about marked, and its Open Graph type."""
    found = {kind[:_MAX_TYPE].lower() for kind in metadata.declared_types[:_MAX_TYPES]}
    found.update(f"main {kind[:_MAX_TYPE].lower()}" for kind in metadata.main_entity_types[:_MAX_TYPES])
    found.add(f"og {(metadata.og_type or '')[:_MAX_TYPE]}")
    return frozenset(found)
