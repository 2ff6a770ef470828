"""The row of an article: what was read of a document, completed by its feed entry and by how it was received."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schemas import NEWSMILL_VERSION
from schemas.articles import Article, Author, DateCandidate
from schemas.documents import FEEDS, Document, Entry
from schemas.trouble import Trouble
from transforms import identity, urls
from transforms.articles.agencies import find_agency, join_names
from transforms.articles.cleaning.clean import Cleaned, Context, clean
from transforms.articles.datelines import read_dateline
from transforms.articles.facts import one_line
from transforms.articles.feed_text import read_feed_blocks
from transforms.articles.metadata import NO_PAGE, Metadata, choose_language
from transforms.articles.names import clean_authors
from transforms.articles.providers import find_provider
from transforms.articles.publication_dates import Dated, choose_date
from transforms.articles.rights import Rights
from transforms.articles.text_structure import TextStructure
from transforms.articles.truncation import UNKNOWN, Truncation

OWN = f"newsmill {NEWSMILL_VERSION}"
"""What Article.extractor says of a text that newsmill read itself."""

MAX_CANDIDATES = 40
"""Most dates that are kept of one article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a document, before its entry fills the gaps; names that Article has mean the same here.

    Attributes:
        content: the main text, and what cleaning removed.
        structure: of that text.
        metadata: of a page.
        published: of a text that is not a page.
        confidence: extraction_confidence.
    """

    content: Cleaned
    text_source: str
    structure: TextStructure
    extractor: str = OWN
    confidence: float | None = None
    metadata: Metadata = NO_PAGE
    page_type: str | None = None
    truncation: Truncation = UNKNOWN
    headline: str | None = None
    subheadline: str | None = None
    description: str | None = None
    byline: str | None = None
    authors: tuple[Author, ...] = ()
    publisher_name: str | None = None
    syndicated_from: str | None = None
    published: Dated | None = None
    charset: str | None = None
    charset_source: str | None = None


def _feed_date(raw: str | None, language: str | None, received: datetime | None, source: str = "feed") -> Dated | None:
    return choose_date([(raw, source)] if raw else [], language, received)


def _choose_published(page: Dated | None, feed: Dated | None) -> Dated | None:
    if page is None or feed is None:
        return page or feed
    if page.source == "text":
        return feed
    same_day = page.parsed.day in (feed.parsed.day, feed.parsed.at.date())
    return feed if page.parsed.precision == "day" and feed.parsed.precision == "instant" and same_day else page


def _plain(markup: str | None) -> str | None:
    """Return a feed's summary in one line, without calls; None where it cannot be read, which affects nothing else."""
    if not markup or len(markup) > 20_000:
        return None
    try:
        return one_line(clean(read_feed_blocks(markup).blocks, Context(source="feed")).text)
    except (Trouble, ValueError, RecursionError):
        return None


def _canonical(url: str | None, entry: Entry | None) -> str | None:
    try:
        return identity.address_of(url, entry) if url else None
    except ValueError:
        return None


class _Dates(NamedTuple):
    """The dates of an article."""

    published: Dated | None
    modified: Dated | None
    candidates: tuple[DateCandidate, ...]


def _choose_dates(document: Document, reading: Reading, language: str | None, received: datetime | None) -> _Dates:
    """Choose the dates among what the document itself and its feed entry state."""
    entry, page = document.entry or Entry(), reading.metadata
    stated = page.published or reading.published
    from_feed = _feed_date(entry.published_raw, language, received)
    updated = None
    if document.origin.kind in FEEDS:
        updated = _feed_date(entry.modified_raw, language, received, source="feed_updated")
    published = _choose_published(stated, from_feed) or updated
    modified = page.modified or _feed_date(entry.modified_raw, language, received)
    return _Dates(published, modified, _list_candidates(published, page.date_candidates, [stated, from_feed]))


def _find_provider(reading: Reading, authors: Iterable[Author], publisher: str) -> str | None:
    """Find the agency that credits, bylines or the source of an article name.

    Args:
        reading: what was read of the document.
        authors: of the article.
        publisher: name and domain of its publisher, whose own articles are not those of an agency.
    """
    page, content = reading.metadata, reading.content
    names = join_names([*(author.name for author in authors), *page.sources, page.source, page.byline])
    return find_provider(content.text, raw=content.raw, names=names, publisher=publisher)


def make_article(
    document: Document, reading: Reading, rights: Rights, received: datetime | None, *, keep_text_raw: bool = True
) -> Article:
    """Make the article that a document holds.

    Args:
        document: as it came.
        reading: what was read of it.
        rights: what page and headers reserve.
        received: when it was received; dates beyond are refused. None where that is not known.
        keep_text_raw: keep the text as it was before cleaning.
    """
    entry, response = document.entry or Entry(), document.response
    page, content, structure = reading.metadata, reading.content, reading.structure
    url = (response.url if response else None) or document.url or entry.url or page.url
    url_canonical = _canonical(page.url or url, document.entry)
    from_text = document.media == "text"
    headline = one_line(page.headline or (entry.title or reading.headline if from_text else entry.title))
    summary = _plain(entry.summary_html) if reading.text_source != "feed_summary" else None
    language = page.in_language_declared or choose_language(entry.language)
    dates = _choose_dates(document, reading, language, received)
    entry_authors = clean_authors([(name, None) for name in entry.authors])
    authors = page.authors or entry_authors or reading.authors
    publisher = page.publisher_name or reading.publisher_name
    domain = urls.publisher_domain(url_canonical or url or "")
    dateline = read_dateline([kept.text for kept in content.blocks])
    provider = dateline.provider_name or _find_provider(reading, authors, f"{publisher or ''} {domain or ''}")
    is_agency_source = page.source is not None and find_agency(page.source) is not None
    hashes = identity.hash_content(headline, content.text)
    article_id, id_scheme = identity.article_id(url_canonical, headline, content.text, document.entry)
    requested = response.redirects[0] if response and response.redirects else None
    return Article(
        article_id=article_id,
        id_scheme=id_scheme,
        content_hash=hashes.content,
        text_hash=hashes.text,
        link_id=identity.document_link_id(document),
        entry_hash=identity.entry_hash(document.entry),
        url=url,
        url_canonical=url_canonical,
        headline=headline,
        subheadline=page.subheadline or reading.subheadline,
        alternative_headline=page.alternative_headline,
        description=page.description or reading.description or summary,
        text=content.text,
        text_raw=content.raw if keep_text_raw else None,
        cleaning_actions=content.actions,
        text_blocks=structure.blocks,
        links=structure.links,
        images=structure.images,
        extraction_confidence=reading.confidence,
        page_type=reading.page_type,
        is_truncated=reading.truncation.is_truncated,
        truncated_reason=reading.truncation.truncated_reason,
        dateline=dateline.dateline,
        provider_name=provider,
        text_source=reading.text_source,
        word_count=hashes.word_count,
        byline=page.byline or reading.byline,
        authors=authors,
        publisher_name=publisher,
        publisher_domain=domain,
        syndicated_from=reading.syndicated_from or (None if is_agency_source else page.source),
        date_published=dates.published.parsed.at if dates.published else None,
        date_published_raw=dates.published.raw if dates.published else None,
        date_published_precision=dates.published.parsed.precision if dates.published else None,
        date_published_source=dates.published.source if dates.published else None,
        date_candidates=dates.candidates,
        published_date=dates.published.parsed.day if dates.published else None,
        date_modified=_instant(dates.modified),
        date_modified_raw=dates.modified.raw if dates.modified else None,
        in_language_declared=language,
        keywords=page.keywords or entry.categories,
        article_section=page.article_section,
        article_type=page.article_type,
        image_url=page.image_url or entry.image_url,
        license=page.license or entry.license,
        is_accessible_for_free=page.is_accessible_for_free,
        tdm_reservation=rights.tdm_reservation,
        tdm_policy=rights.tdm_policy,
        robots_directives=rights.robots_directives,
        ai_opt_out=rights.ai_opt_out,
        not_run=(*page.failed, *structure.failed),
        fetch_error=document.fetch_error,
        http_status=response.status if response else None,
        charset=reading.charset,
        charset_source=reading.charset_source,
        url_requested=requested if requested != url else None,
        redirects=response.redirects if response else (),
        fetched_at=response.fetched_at if response else None,
        archive_file=document.archive_file,
        archive_offset=document.archive_offset,
        feed_url=entry.feed_url,
        feed_title=entry.feed_title,
        feed_entry_id=entry.entry_id,
        tags=document.origin.tags,
        source_uri=document.origin.uri,
        source_kind=document.origin.kind,
        source_position=document.origin.position,
        replay_of=document.origin.replay_of,
        entry=document.entry,
        extractor=reading.extractor,
        newsmill_version=NEWSMILL_VERSION,
    )


def _list_candidates(
    published: Dated | None, stated: Iterable[DateCandidate], others: Iterable[Dated | None]
) -> tuple[DateCandidate, ...]:
    """List every date once: the one chosen, those of the page, those of feed or file."""
    own = [_candidate(published), *stated, *map(_candidate, others)]
    return tuple(dict.fromkeys(one for one in own if one is not None))[:MAX_CANDIDATES]


def _candidate(dated: Dated | None) -> DateCandidate | None:
    return DateCandidate(source=dated.source, raw=dated.raw, instant=dated.parsed.at) if dated else None


def _instant(dated: Dated | None) -> datetime | None:
    """Return the instant of a date that states one, not a day alone."""
    return dated.parsed.at if dated and dated.parsed.precision == "instant" else None
