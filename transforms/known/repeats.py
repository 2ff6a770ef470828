"""Articles of one run that have the same id or the same text."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.articles import Article, Dropped
from schemas.stages import REPEATS
from schemas.trouble import LeftOut
from transforms.identity import GUID_SCHEME, REUSED_SCHEME, TEXT_SCHEME
from transforms.ledger import Ledger, typed
from transforms.named_outputs import NamedOutputs

_SOURCES = ("page", "json_ld", "page_data", "text", "feed_content", "feed_summary")
_FAR = datetime.max.replace(tzinfo=UTC)


class Distinct(NamedTuple):
    """What DropRepeats returns: every article is in exactly one of the two."""

    articles: beam.PCollection[Article]
    dropped: beam.PCollection[Dropped]


def preference(article: Article) -> tuple[Any, ...]:
    """Sort key of the copies of one article: the smallest is kept, whatever order they come in.

    A page beats a feed's text; then the original beats the syndicated copy, the earliest beats the later,
    the longer text beats the shorter. What is left is decided by where it came from.
    """
    return (
        _SOURCES.index(article.text_source),
        article.syndicated_from is not None,
        article.date_published or _FAR,
        -article.word_count,
        article.url_canonical or "",
        article.source_uri,
        article.source_position or 0,
        article.content_hash,
    )


def pick_original(copies: Iterable[Article]) -> tuple[Article, list[Article]]:
    """Return the article to keep and the others, in a stable order.

    Raises:
        ValueError: no copies.
    """
    ordered = sorted(copies, key=preference)
    if not ordered:
        raise ValueError("there is nothing to pick from")
    return ordered[0], ordered[1:]


_SAME = {
    TEXT_SCHEME: "same headline and text",
    GUID_SCHEME: "same canonical address and guid",
    REUSED_SCHEME: "same canonical address and guid",
}
"""What copies of one id have in common, by the scheme of the id; of all others it is the canonical address."""


class _PickFn(beam.DoFn):
    def __init__(self, reason: str, words: str) -> None:
        self._why = LeftOut(reason, words)

    def setup(self) -> None:
        self._ledger = Ledger(REPEATS.word)

    def process(self, element: tuple[str, Iterable[Article]]) -> Iterable[Any]:
        kept, others = pick_original(element[1])
        # Both steps are one stage: an article enters at the first and is done at the second.
        if self._why.reason == "repeats.same_id":
            self._ledger.count("in", 1 + len(others))
        else:
            self._ledger.count("done")
        yield kept
        for other in others:
            yield self._ledger.left_out(other, self._why_of(other), duplicate_of=kept.article_id)

    def _why_of(self, article: Article) -> LeftOut:
        words = _SAME.get(article.id_scheme) if self._why.reason == "repeats.same_id" else None
        return self._why if words is None else LeftOut(self._why.reason, words)


class DropRepeats(NamedOutputs[beam.PCollection[Article], Distinct]):
    """Keep one article of each id, then one of each text.

    Two GroupByKeys, which carry the articles (never page bytes). Bounded input, or windowed: repeats
    are found within a window. Which one is kept does not depend on order or workers.
    """

    def expand(self, articles: beam.PCollection[Article]) -> Distinct:
        by_id = articles | "ById" >> beam.Map(_with_id).with_output_types(tuple[str, Article])
        same_id = by_id | "GroupId" >> beam.GroupByKey() | "PickId" >> _pick("same_id", "same canonical address")
        once = typed(same_id, Article)
        by_text = once.done | "ByText" >> beam.Map(_with_text).with_output_types(tuple[str, Article])
        same_text = by_text | "GroupText" >> beam.GroupByKey() | "PickText" >> _pick("same_text", "same text")
        kept = typed(same_text, Article)
        dropped = (once.dropped, kept.dropped) | "Dropped" >> beam.Flatten()
        return Distinct(articles=kept.done, dropped=dropped)


def _with_id(article: Article) -> tuple[str, Article]:
    return article.article_id, article


def _with_text(article: Article) -> tuple[str, Article]:
    return article.text_hash, article


def _pick(reason: str, words: str) -> beam.PTransform[Any, Any]:
    do = _PickFn(f"repeats.{reason}", words)
    return beam.ParDo(do).with_outputs("dead", "dropped", main="done")
