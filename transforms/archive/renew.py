"""The next version of an article: its row compared with what today's code makes of its archived page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas import NEWSMILL_VERSION
from schemas.articles import SCHEMA_VERSION, Article
from schemas.documents import Document, Origin, Response
from schemas.outcomes import Mishap
from schemas.record import stored_fields
from schemas.trouble import Trouble
from transforms.archive.read import read_pages
from transforms.enrich.enrichment import Enrichment, take_over
from transforms.enrich.registry import ENRICHMENTS
from transforms.identity import version_id
from transforms.lake.lake import Lake
from transforms.letters.replay_element import entry_of
from transforms.urls import publisher_domain

KEPT = (
    "article_id",
    "id_scheme",
    "url_canonical",
    "link_id",
    "entry_hash",
    "fetch_error",
    "feed_url",
    "feed_title",
    "feed_entry_id",
    "tags",
    "source_uri",
    "source_kind",
    "source_position",
)
"""What an article keeps of its newest row: its identity, and where it came from. None of it is in the page."""

LABELS = (
    "version",
    "version_id",
    "in_language_score",
    "text_raw",
    "cleaning_actions",
    "extraction_confidence",
    "extractor",
    *(enrichment.model for enrichment in ENRICHMENTS if not enrichment.tables),
    "charset",
    "charset_source",
    "replay_of",
    "newsmill_version",
    "schema_version",
    "run_id",
    "chunk",
    "ingest_date",
)
"""What says how a row was made. A difference in these alone does not make a version.

The model of an enrichment with tables is not among them: its rows may differ where the article does not.
"""

_CONTENT = ("headline", "text", "text_hash", "word_count")
# Compared by content_hash, which is blind to white space and case.

_MADE_OF_CONTENT = (
    "text_raw",
    "cleaning_actions",
    "text_blocks",
    "links",
    "images",
    "dateline",
    "provider_name",
)
"""What is made of the content that a feed gave, which is not kept as it was."""


def as_fetched(row: Article, page: Document) -> Document:
    """Complete an archived page with what its row still holds of how it was fetched."""
    response = None if page.response is None else replace(page.response, redirects=row.redirects)
    origin = Origin(uri=row.source_uri, kind=row.source_kind, position=row.source_position, tags=row.tags)
    return replace(page, origin=origin, entry=entry_of(row, is_read_again=True), response=response)


def read_group(
    group: tuple[str, tuple[Article, ...]], *, lake: Lake, max_page_bytes: int
) -> Iterator[Document | Mishap]:
    """Yield the pages of rows whose pages are in one file, or a Mishap for each that cannot be read.

    Args:
        group: archive file below the lake, and rows that point into it.
        lake: that keeps the pages.
        max_page_bytes: largest page, bytes, inflated.
    """
    path, rows = group
    by_offset = {row.archive_offset or 0: row for row in rows}
    for offset, found in read_pages(lake, path, by_offset, max_page_bytes=max_page_bytes):
        row = by_offset[offset]
        if isinstance(found, Trouble):
            url = row.url or ""
            nothing = Response(url=url, status=row.http_status or 0)
            page = Document(media="html", origin=Origin(uri=path, kind="warc"), url=url, response=nothing)
            yield Mishap(as_fetched(row, page), found)
        else:
            yield as_fetched(row, found)


def _comparable(article: Article) -> dict[str, object]:
    values = {
        field.name: getattr(article, field.name)
        for field in stored_fields(Article)
        if field.name not in (*KEPT, *LABELS, *_CONTENT)
    }
    # What was not run matters, not the words for why.
    values["not_run"] = sorted(reason.partition(".")[0] for reason in article.not_run)
    return values


def renew(row: Article, made: Article) -> Article | None:
    """Return the next version of an article; None where nothing has changed.

    An article keeps the identity it was ingested under, even where today's code would name it after another address.

    Args:
        row: its newest version.
        made: what today's code makes of its page.
    """
    kept = {name: getattr(row, name) for name in KEPT}
    made = replace(made, **kept, publisher_domain=publisher_domain(row.url_canonical or row.url or ""))
    if entry_of(row, is_read_again=True) is not None:
        made = replace(made, description=made.description or row.description)
    if made.text_source == row.text_source == "feed_content":
        # The page holds no article, then as now; what the feed said is known in its cleaned form alone.
        kept = {name: getattr(row, name) for name in (*_CONTENT, *_MADE_OF_CONTENT, "content_hash")}
        made = replace(made, **kept)
    return _next_version(row, made)


def renew_columns(row: Article, made: Article, *, enrichments: Sequence[Enrichment]) -> Article | None:
    """Return the next version of an article of which some enrichments were done again; None where nothing changed.

    Args:
        row: its newest version.
        made: the same, with what the enrichments find now.
        enrichments: what was done again.
    """
    newer = _next_version(row, take_over(row, made, enrichments))
    if newer is None:
        return None
    return replace(newer, replay_of=None, newsmill_version=NEWSMILL_VERSION, schema_version=SCHEMA_VERSION)


def _next_version(row: Article, made: Article) -> Article | None:
    if _comparable(made) == _comparable(row):
        return None
    number = row.version + 1
    is_same_text = made.content_hash == row.content_hash
    name = version_id(row.article_id, made.content_hash, number if is_same_text else None)
    return replace(made, version=number, version_id=name)
