"""The article of a document."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml.html import HtmlElement

from schemas import NEWSMILL_VERSION
from schemas.articles import Article, Author
from schemas.documents import FEEDS, RECORDS, Document, Entry
from schemas.trouble import LeftOut, Trouble
from transforms import identity, urls
from transforms.articles import dates
from transforms.articles.blocks import read_structure
from transforms.articles.boilerplate import find_byline
from transforms.articles.charsets import Decoded, decode_bytes
from transforms.articles.clean import clean_text
from transforms.articles.feed_text import read_feed_text
from transforms.articles.main_text import read_main_text
from transforms.articles.metadata import Dated, Metadata, choose_date, choose_language, one_line, read_metadata
from transforms.articles.names import clean_authors
from transforms.articles.not_articles import describe as describe_notice
from transforms.articles.not_articles import find_notice, read_signs
from transforms.articles.pages import decode_page, parse_text
from transforms.articles.paragraphs import split_paragraphs
from transforms.articles.plaintext import read_plain_text
from transforms.articles.policy import MIN_CHARS
from transforms.articles.rights import AGENT, Rights, read_rights, rights_reserved
from transforms.walls.classify import describe, find_wall

MOST_TEXT_BESIDE_BODY = 300
"""Code points of main text up to which a far longer articleBody is what the page is about: the rest is a notice."""

MAX_BODY = 500_000
"""How many characters of an articleBody are read at most."""

"""Kinds of input whose entries say when they were updated; the ``lastmod`` of a sitemap is the page's."""

_OWN = f"newsmill {NEWSMILL_VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What was read, before the entry fills the gaps."""

    text: str
    text_source: str
    extractor: str = _OWN
    metadata: Metadata | None = None
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


def read_document(
    document: Document,
    *,
    min_chars: int = MIN_CHARS,
    agent: str = AGENT,
    respect_opt_outs: bool = False,
    clock: Callable[[], float] | None = None,
) -> Article:
    """Read the article out of a page, a plain text or a feed entry. Pure: the same document gives the same article.

    What the page says wins; the entry fills what it leaves open. The entry's date wins over a bare day of the
    same date, and over a date that had to be searched for in the text. Where the page shows no text, the articleBody
    of its JSON-LD stands in. Where it holds no article, or is a bot wall, a consent wall or a notice (not found, log
    in), the entry's full content stands in for it. What page and headers reserve is kept also then, but for that of a
    wall, which does not speak for the article.

    A date of publication or change more than a day after the document was received is not believed, and the next
    candidate is tried.

    Args:
        document: ``media`` says which of the three it is.
        min_chars: shortest main text accepted, in code points.
        agent: name that robots directives may address this robot by, lower case.
        respect_opt_outs: leave out what :func:`rights_reserved` says is reserved.
        clock: wall clock, seconds since 1970, used where the document does not say when it was received. None: such
            a document may have any date.

    Raises:
        Trouble: ``extract.empty``, ``extract.not_html``, ``extract.too_complex``, ``extract.no_main_text``,
            ``extract.bot_wall``, ``extract.consent_wall``, ``extract.not_found_page``, ``extract.login_page``,
            ``extract.redirect_page`` or ``extract.script_page``.
        LeftOut: ``rights.reserved``.
        ValueError: an unknown ``media``.
    """
    headers = document.response.headers if document.response else ()
    received = document.response.fetched_at if document.response else None
    if received is None and clock is not None:
        received = datetime.fromtimestamp(clock(), tz=UTC)
    if document.media == "html":
        rights, reading = _read_html(document, min_chars, agent, received)
    elif document.media == "text":
        rights, reading = (
            read_rights(None, headers, url=document.url, agent=agent),
            _read_text(document, min_chars, received),
        )
    elif document.media == "entry":
        if document.entry is None:
            raise Trouble("extract.empty", "a feed entry without content")
        rights, reading = Rights(), _read_entry(document.entry, min_chars)
    else:
        raise ValueError(f"unknown media {document.media!r}: 'html', 'text' or 'entry'")
    reserved = rights_reserved(rights) if respect_opt_outs else None
    if reserved is not None:
        raise LeftOut("rights.reserved", f"{document.url or document.origin.uri} says {reserved}")
    return _make_article(document, reading, rights, received)


def warm_up() -> None:
    """Import what is imported on first use, so that no page waits for it."""
    dates.warm_up()


def _enough(text: str, min_chars: int, what: str) -> str:
    if len(text) < min_chars:
        raise Trouble("extract.no_main_text", f"{what} gives {len(text)} characters of text, {min_chars} are wanted")
    return text


def _is_header(document: Document) -> bool:
    """Return whether the charset of a document is what a server declared, not what bytes or container show."""
    return document.response is not None and "charset" in (document.response.content_type or "").lower()


def _read_html(document: Document, min_chars: int, agent: str, received: datetime | None) -> tuple[Rights, _Reading]:
    """Read what a page reserves and says; where it holds no article, read its entry."""
    headers = document.response.headers if document.response else ()
    rights = Rights()
    try:
        # Fetched pages were checked when they were received; stored ones were not.
        wall = find_wall(document.body, document.url, headers)
        if wall is not None:
            raise Trouble(f"extract.{wall.kind}", f"the page is {describe(wall)}")
        rights = read_rights(None, headers, url=document.url, agent=agent)
        page = decode_page(document.body, charset=document.charset, charset_is_header=_is_header(document))
        tree = parse_text(page.text)
        rights = read_rights(tree, headers, url=document.url, agent=agent)
        return rights, _read_page(document, tree, page, min_chars, received)
    except Trouble:
        if document.entry is None or not document.entry.content_html:
            raise
        return rights, _read_entry(document.entry, min_chars)


def _read_page(
    document: Document, tree: HtmlElement, page: Decoded, min_chars: int, received: datetime | None
) -> _Reading:
    url = document.url or (document.entry.url if document.entry else None)
    structure = read_structure(tree)
    metadata = read_metadata(tree, structure, url=url, received=received)
    signs = read_signs(tree)
    main = read_main_text(tree, structure, declared_body=metadata.body)
    raw = "\n".join(f"- {block.text}" if block.kind == "list_item" else block.text for block in main.blocks)
    text = clean_text(
        raw,
        titles=(metadata.headline, metadata.subheadline, metadata.alternative_headline, *metadata.titles),
        names=[author.name for author in metadata.authors],
    )
    source, extractor = "page", main.extractor
    notice = find_notice(signs, text)
    body = _declared_text(metadata) if len(text) <= MOST_TEXT_BESIDE_BODY or notice else ""
    is_alone = len(text) < min_chars or notice is not None or len(body) >= 4 * len(text)
    if len(body) >= min_chars and is_alone and len(body) > len(text):
        text, source, extractor = body, "json_ld", _OWN
    elif notice is not None and (notice.kind == "script_page" or not _declares_article(metadata)):
        raise Trouble(f"extract.{notice.kind}", f"the page is {describe_notice(notice)}")
    byline = None if metadata.authors or source != "page" else find_byline(raw.split("\n", 5)[:5])
    return _Reading(
        text=_enough(text, min_chars, "the page"),
        text_source=source,
        extractor=extractor,
        metadata=metadata,
        byline=byline,
        authors=clean_authors([(byline, None)], publisher=metadata.publisher_name) if byline else (),
        charset=page.charset,
        charset_source=page.source,
    )


def _declares_article(metadata: Metadata) -> bool:
    """Return whether a page says of itself that it is an article; a notice does not, but for its Open Graph type."""
    is_dated = metadata.published is not None and metadata.published.source in ("json_ld", "meta")
    return is_dated or (metadata.article_type or "").endswith(("Article", "Posting"))


def _declared_text(metadata: Metadata) -> str:
    """Return the articleBody that a page declares, as paragraphs; empty where it declares none."""
    body = (metadata.body or "")[:MAX_BODY]
    try:
        text = read_feed_text(body)
    except (Trouble, ValueError, RecursionError):
        return ""
    return clean_text(text, titles=(metadata.headline, *metadata.titles))


def _read_entry(entry: Entry, min_chars: int) -> _Reading:
    for markup, source in ((entry.content_html, "feed_content"), (entry.summary_html, "feed_summary")):
        text = clean_text(read_feed_text(markup), titles=(entry.title,), names=entry.authors) if markup else ""
        if len(text) >= min_chars:
            return _Reading(text=text, text_source=source, charset=entry.charset, charset_source=entry.charset_source)
    if not entry.content_html and not entry.summary_html:
        raise Trouble("extract.empty", f"the entry {entry.entry_id or entry.url!r} has neither content nor summary")
    return _Reading(text=_enough("", min_chars, "the feed entry"), text_source="feed_summary")


def _read_text(document: Document, min_chars: int, received: datetime | None) -> _Reading:
    file = decode_bytes(document.body, charset=document.charset, charset_is_header=_is_header(document))
    if document.origin.kind in RECORDS:
        paragraphs = split_paragraphs(file.text)
        if (document.entry is not None and document.entry.title) or len(paragraphs) == 1:
            # The record says what is its title and what its text: no line of it is taken for anything else.
            text = _enough("\n".join(paragraphs), min_chars, "the record")
            return _Reading(text=text, text_source="text", charset=file.charset, charset_source=file.source)
    plain = read_plain_text(file.text)
    published = choose_date([(plain.date_raw, "text")] if plain.date_raw else [], None, received)
    return _Reading(
        text=_enough(plain.text, min_chars, "the file"),
        text_source="text",
        headline=plain.headline,
        subheadline=plain.subheadline,
        description=plain.description,
        byline=plain.byline,
        authors=tuple(Author(name=name) for name in plain.authors),
        publisher_name=plain.publisher_name,
        syndicated_from=plain.syndicated_from,
        published=published,
        charset=file.charset,
        charset_source=file.source,
    )


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
    """Return a feed's summary in one line; None where it cannot be read, which affects nothing else."""
    if not markup or len(markup) > 20_000:
        return None
    try:
        return one_line(read_feed_text(markup))
    except (Trouble, ValueError, RecursionError):
        return None


def _canonical(url: str | None, entry: Entry | None) -> str | None:
    try:
        return identity.address_of(url, entry) if url else None
    except ValueError:
        return None


def _make_article(document: Document, reading: _Reading, rights: Rights, received: datetime | None) -> Article:
    entry, response = document.entry or Entry(), document.response
    page = reading.metadata
    from_text = document.media == "text"
    url = (response.url if response else None) or document.url or entry.url or (page.url if page else None)
    url_canonical = _canonical((page.url if page else None) or url, document.entry)
    headline = (page.headline if page else None) or (entry.title or reading.headline if from_text else entry.title)
    language = (page.in_language_declared if page else None) or choose_language(entry.language)
    published = _choose_published(
        page.published if page else reading.published, _feed_date(entry.published_raw, language, received)
    )
    if published is None and document.origin.kind in FEEDS:
        published = _feed_date(entry.modified_raw, language, received, source="feed_updated")
    modified = (page.modified if page else None) or _feed_date(entry.modified_raw, language, received)
    entry_authors = clean_authors([(name, None) for name in entry.authors])
    authors = (page.authors if page else ()) or entry_authors or reading.authors
    summary = _plain(entry.summary_html) if reading.text_source != "feed_summary" else None
    article_id, id_scheme = identity.article_id(url_canonical, headline, reading.text, document.entry)
    requested = response.redirects[0] if response and response.redirects else None
    return Article(
        article_id=article_id,
        id_scheme=id_scheme,
        content_hash=identity.content_hash(headline, reading.text),
        text_hash=identity.text_hash(headline, reading.text),
        link_id=identity.link_id(requested or document.url, document.entry),
        entry_hash=identity.entry_hash(document.entry),
        url=url,
        url_canonical=url_canonical,
        headline=one_line(headline),
        subheadline=page.subheadline if page else reading.subheadline,
        alternative_headline=page.alternative_headline if page else None,
        description=(page.description if page else reading.description) or summary,
        text=reading.text,
        text_source=reading.text_source,
        word_count=len(reading.text.split()),
        byline=(page.byline if page else None) or reading.byline,
        authors=authors,
        publisher_name=page.publisher_name if page else reading.publisher_name,
        publisher_domain=urls.publisher_domain(url_canonical or url or ""),
        syndicated_from=reading.syndicated_from,
        date_published=_instant(published),
        date_published_raw=published.raw if published else None,
        date_published_precision=published.parsed.precision if published else None,
        date_published_source=published.source if published else None,
        published_date=_day(published),
        date_modified=_instant(modified) if modified and modified.parsed.precision == "instant" else None,
        date_modified_raw=modified.raw if modified else None,
        in_language_declared=language,
        keywords=(page.keywords if page else ()) or entry.categories,
        article_section=page.article_section if page else None,
        article_type=page.article_type if page else None,
        image_url=(page.image_url if page else None) or entry.image_url,
        license=(page.license if page else None) or entry.license,
        is_accessible_for_free=page.is_accessible_for_free if page else None,
        tdm_reservation=rights.tdm_reservation,
        tdm_policy=rights.tdm_policy,
        robots_directives=rights.robots_directives,
        ai_opt_out=rights.ai_opt_out,
        not_run=page.failed if page else (),
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


def _instant(dated: Dated | None) -> datetime | None:
    return dated.parsed.at if dated else None


def _day(dated: Dated | None) -> date | None:
    return dated.parsed.day if dated else None
