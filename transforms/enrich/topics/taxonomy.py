"""The taxonomy of IPTC Media Topics: names, broader and narrower concepts.

The facts are those of IPTC Media Topics, version of 2023-10-24, CC BY 4.0, kept in ``media_topics.json``.
A code is written ``medtop:15000000``. Unknown codes raise KeyError.
"""

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from transforms.package_data import load_json


class Concept(NamedTuple):
    """One Media Topic."""

    code: str
    """NewsCode, such as ``medtop:20000065``."""
    name: str
    """English name (en-GB)."""
    broader: tuple[str, ...]
    """Codes above it, top level first; empty for a top-level topic."""
    is_retired: bool
    """No longer to be assigned; kept so that old rows can be read."""
    wikidata_id: str | None
    """Wikidata item that IPTC maps it to, such as ``Q349``; None where there is none."""


@functools.cache
def concepts() -> Mapping[str, Concept]:
    """Return all concepts by code, retired ones included."""
    stored = load_json(__package__, "media_topics.json")["topics"]
    return MappingProxyType(
        {
            code: Concept(code, it["name"], tuple(it["broader"]), it["retired"], it.get("wikidata"))
            for code, it in stored.items()
        }
    )


@functools.cache
def top_codes() -> tuple[str, ...]:
    """Return the 17 top-level codes, in ascending order."""
    return tuple(sorted(code for code, it in concepts().items() if not it.broader and not it.is_retired))


@functools.cache
def _narrower() -> Mapping[str, tuple[str, ...]]:
    below: dict[str, list[str]] = {}
    for code, it in sorted(concepts().items()):
        if it.broader and not it.is_retired:
            below.setdefault(it.broader[-1], []).append(code)
    return {code: tuple(codes) for code, codes in below.items()}


@functools.cache
def _by_name() -> Mapping[str, str]:
    return {it.name: code for code, it in sorted(concepts().items()) if not it.is_retired}


def label(code: str) -> str:
    """English name of a concept.

    >>> label("medtop:15000000")
    'sport'
    """
    return concepts()[code].name


def level(code: str) -> int:
    """Depth of a concept: 1 for a top-level topic.

    >>> level("medtop:15000000")
    1
    """
    return len(concepts()[code].broader) + 1


def broader(code: str) -> tuple[str, ...]:
    """Codes above a concept, top level first.

    >>> broader("medtop:20000003")
    ('medtop:01000000', 'medtop:20000002')
    """
    return concepts()[code].broader


def path(code: str) -> tuple[str, ...]:
    """Codes from the top level to a concept, both included.

    >>> path("medtop:20000003")
    ('medtop:01000000', 'medtop:20000002', 'medtop:20000003')
    """
    return (*concepts()[code].broader, code)


def wikidata_id(code: str) -> str | None:
    """Wikidata item that IPTC maps a concept to, or None.

    >>> wikidata_id("medtop:15000000")
    'Q349'
    """
    return concepts()[code].wikidata_id


def top(code: str) -> str:
    """Top-level code of a concept, which is the code itself for a top-level one.

    >>> top("medtop:20000003")
    'medtop:01000000'
    """
    return (*concepts()[code].broader, code)[0]


def children(code: str) -> tuple[str, ...]:
    """Live codes directly below a concept, in ascending order.

    >>> [label(child) for child in children("medtop:17000000")]
    ['weather forecast', 'weather phenomena', 'weather statistic', 'weather warning']
    """
    concepts()[code]  # an unknown code is an error, one without children is not
    return _narrower().get(code, ())


def descendants(code: str) -> tuple[str, ...]:
    """Live codes at any depth below a concept, each after the one above it."""
    return tuple(found for child in children(code) for found in (child, *descendants(child)))


def code_named(name: str) -> str:
    """Code of the live concept with exactly this English name.

    >>> code_named("climate change")
    'medtop:20000418'
    """
    return _by_name()[name]
