"""Records between reading, fetching and extracting: inputs, links, documents, and what a feed says of them."""

from datetime import datetime

from schemas.feeds import FeedState
from schemas.record import column, record


@record
class Origin:
    """The place in the inputs that a document came from; enough to find it again."""

    uri: str = column("Path or URL of the input as it was given or found by walking a directory.")
    kind: str = column("What the input was recognised as: one of schemas.documents.KINDS.")
    position: int | None = column(
        "0-based index of the document in the input; None when the input is one document.", default=None
    )
    tags: tuple[str, ...] = column("Outline titles of the OPML that named the feed, outermost first.", default=())
    replay_of: str | None = column(
        "letter_id of the dead letter that it was fed back for; None where it is not part of a replay.", default=None
    )


FEEDS = ("rss", "atom", "cdf", "json_feed")
"""Kinds whose entries say what an article is about. RDF (RSS 1.0) counts as rss."""

SUBSCRIBABLE = (*FEEDS, "sitemap")
"""Kinds that can be polled for new addresses."""

LISTS = ("opml", "url_list", "sitemap_index")
"""Kinds that name further sources."""

KINDS = (*SUBSCRIBABLE, *LISTS, "html", "jsonl", "csv", "warc", "arc", "text", "unknown")
"""What an input can be recognised as. TSV counts as csv."""

RECORDS = ("jsonl", "csv")
"""Kinds whose records name their fields: a field named text holds plain text."""

ARCHIVES = ("warc", "arc")
"""Kinds that hold pages as they were fetched: a page of one is read from there again, not asked for."""


@record
class Source:
    """One input to open: a file, or an address whose content is not known yet."""

    uri: str = column("Absolute or relative path, or http(s) URL.")
    tags: tuple[str, ...] = column("Outline titles of the OPML that named it, outermost first.", default=())
    listed_in: Origin | None = column("The OPML or URL list that named it; None for an argument.", default=None)
    first: int = column("Position of the first document wanted of it.", default=0)
    last: int | None = column("Position after the last one wanted; None for all.", default=None)
    within: str | None = column(
        "Directory that the file must lie in once links are resolved; None where it was named itself.", default=None
    )
    replay_of: str | None = column(
        "letter_id of the dead letter that it was fed back for; None where it is not part of a replay.", default=None
    )
    feed: FeedState | None = column("A subscription, as its last poll left it; None where none is kept.", default=None)


@record
class Entry:
    """What a feed says of one article. Strings are as the feed has them, unless said otherwise."""

    url: str | None = column("Absolute http(s) link to the article; None when the entry has none.", default=None)
    entry_id: str | None = column("guid, Atom id or JSON Feed id, verbatim.", default=None)
    title: str | None = column("Title as plain text: markup and character references resolved.", default=None)
    summary_html: str | None = column("Summary or description, HTML allowed.", default=None)
    content_html: str | None = column("Full content (content:encoded, Atom content, JSON Feed).", default=None)
    authors: tuple[str, ...] = column("Author names as plain text, in order.", default=())
    published_raw: str | None = column("Publication date, verbatim.", default=None)
    modified_raw: str | None = column("Date of the last change, verbatim.", default=None)
    categories: tuple[str, ...] = column("Category terms or labels, in order, without repeats.", default=())
    image_url: str | None = column("Absolute http(s) URL of the entry's picture.", default=None)
    language: str | None = column("Language the entry or feed declares (BCP 47), lower case.", default=None)
    license: str | None = column("Licence URL or rights statement of the entry, else of the feed.", default=None)
    feed_url: str | None = column("Address the feed was read from, or its declared self link.", default=None)
    feed_title: str | None = column("Title of the feed as plain text.", default=None)
    charset: str | None = column("Encoding that the feed was read in, as a row names it.", default=None)
    charset_source: str | None = column(
        "How it was determined; values as in charset_source of an article.", default=None
    )
    told_by: str | None = column(
        "What tells the article from others with its link: 'fragment', 'guid', 'text' or 'reused' (the guid, since "
        "another feed's entry has the link); None where the link does.",
        default=None,
    )


@record
class Link:
    """One address to fetch, with what is already known of the article behind it."""

    url: str = column("Absolute http(s) URL.")
    origin: Origin = column("Where the link was found.")
    entry: Entry | None = column("What the feed said of it; None when it came from a list.", default=None)


@record
class Exchange:
    """One request and its answer, as they went over the wire."""

    url: str = column("Address that was asked.")
    at: datetime = column("UTC instant at which the head of the answer was there; wall clock.")
    request_head: bytes = column("Request line and header lines as sent, with the empty line.")
    response_head: bytes = column("Status line and header lines, in the order and case received, with the empty line.")
    body: bytes = column("Body as sent, content encoding and all; chunks of the transfer put together.", default=b"")
    is_whole: bool = column("False where the body was not read to its end, as that of a redirect.", default=True)
    ip: str | None = column("Address of the server; None when unknown.", default=None)


@record
class Response:
    """How a page was received."""

    url: str = column("Final address, after redirects.")
    status: int = column("HTTP status of the final response.")
    content_type: str | None = column("Content-Type header, verbatim.", default=None)
    redirects: tuple[str, ...] = column("Addresses asked before the final one, in order.", default=())
    fetched_at: datetime | None = column("UTC instant of the response; wall clock or the archive's.", default=None)
    headers: tuple[tuple[str, str], ...] = column(
        "Headers of the final response that are of use later, names in lower case, values verbatim.", default=()
    )
    moved_to: str | None = column("Final address where all redirects to it were permanent (301, 308).", default=None)
    exchanges: tuple[Exchange, ...] = column(
        "Requests and answers in order, redirects first; empty unless they are to be archived.", default=()
    )


@record
class Document:
    """One thing to read an article out of: a page, a plain text, or a feed entry alone."""

    media: str = column("'html', 'text' or 'entry' (nothing but what the feed said).")
    origin: Origin = column("Where it came from.")
    body: bytes = column("Bytes of the page or text, inflated; empty for 'entry'.", default=b"")
    charset: str | None = column("Charset that the transport or container declares.", default=None)
    url: str | None = column("Address of the page; None when unknown.", default=None)
    entry: Entry | None = column("What the feed said of it.", default=None)
    response: Response | None = column("How it was received; None for local input.", default=None)
    fetch_error: str | None = column("Code of the failed fetch that the entry stands in for.", default=None)
    archive_file: str | None = column("WARC file that keeps the page, below the output.", default=None)
    archive_offset: int | None = column("Byte offset of its response record in that file.", default=None)


@record
class Retrieved:
    """What came of asking for a source at an http(s) address: its bytes, or why there are none."""

    source: Source = column("The source that was asked for.")
    response: Response | None = column("How it was received; None when it was not.", default=None)
    body: bytes = column("Its bytes, inflated as HTTP says.", default=b"")
    charset: str | None = column("Charset that the header declares.", default=None)
    code: str | None = column("Code of the failure, under fetch.; None when it was received.", default=None)
    message: str = column("The failure in words.", default="")
    status: int | None = column("HTTP status of a refusal.", default=None)
    retry_after_s: float | None = column("Retry-After of a refusal, seconds.", default=None)
    at: datetime | None = column("UTC instant of the answer or failure; wall clock.", default=None)
