"""The article of a document: of a page, a plain text or a feed entry."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from courlan import extract_domain
from lxml.html import HtmlElement

from schemas.articles import Article, Author, ImageObject
from schemas.documents import RECORDS, Document, Entry
from schemas.trouble import LeftOut, Trouble
from transforms.articles import dates
from transforms.articles.article import OWN, Reading, make_article
from transforms.articles.blocks import Block, Structure
from transforms.articles.charsets import Decoded, decode_bytes
from transforms.articles.cleaning.clean import Cleaned, Context, clean, keep_all
from transforms.articles.cleaning.credit_lines import find_byline
from transforms.articles.cleaning.phrases import load_phrases
from transforms.articles.feed_text import FeedText, read_feed_blocks
from transforms.articles.images.captions import find_captions
from transforms.articles.images.declared import read_lead
from transforms.articles.main_text import read_main_text
from transforms.articles.metadata import Metadata, read_metadata
from transforms.articles.microdata import has_microdata
from transforms.articles.names import clean_authors
from transforms.articles.not_articles import MOST_TEXT, Signs, find_notice, read_signs
from transforms.articles.not_articles import describe as describe_notice
from transforms.articles.page_addresses import base_of
from transforms.articles.page_data import read_page_data
from transforms.articles.page_elements import Elements, find_elements
from transforms.articles.page_types.find import PageType, find_page_type
from transforms.articles.page_types.find import describe as describe_type
from transforms.articles.pages import decode_page, parse_text
from transforms.articles.paragraphs import split_paragraphs
from transforms.articles.plaintext import read_plain_text
from transforms.articles.policy import AGENT, DEFAULTS, ExtractPolicy
from transforms.articles.publication_dates import choose_date
from transforms.articles.rights import Rights, read_rights, rights_reserved
from transforms.articles.roles import Role
from transforms.articles.text_structure import TextStructure, describe_blocks, describe_text
from transforms.articles.truncation import find_truncation
from transforms.articles.walk import read_structure
from transforms.walls.classify import describe, find_wall

MOST_TEXT_BESIDE_BODY = 500
"""Code points of main text up to which a far longer articleBody is what the page is about: the rest is a notice."""

MAX_BODY = 500_000
"""How many characters of an articleBody are read at most."""

_BESIDE = Role.NAVIGATION | Role.FOOTER | Role.HIDDEN


def read_document(
    document: Document,
    *,
    policy: ExtractPolicy = DEFAULTS,
    agent: str = AGENT,
    clock: Callable[[], float] | None = None,
) -> Article:
    """Read the article out of a page, a plain text or a feed entry. Pure: the same document gives the same article.

    What the page says wins; the entry fills what it leaves open. The entry's date wins over a bare day of the
    same date. Where the page shows no text, the articleBody of its JSON-LD stands in. Where it holds no article, or
    is a bot wall, a consent wall, a notice (not found, log in) or of a type that is not kept (a front, a product), the
    entry's full content stands in for it: the feed says that there is an article. What page and headers reserve is
    kept also then, but for that of a wall, which does not speak for the article.

    A date of publication or change more than a day after the document was received is not believed, and the next
    candidate is tried.

    Args:
        document: ``media`` says which of the three it is.
        policy: what counts as an article, and what is kept of it.
        agent: name that robots directives may address this robot by, lower case.
        clock: wall clock, seconds since 1970, used where the document does not say when it was received. None: such
            a document may have any date.

    Raises:
        Trouble: ``extract.empty``, ``extract.not_html``, ``extract.too_complex``, ``extract.no_main_text``,
            ``extract.bot_wall``, ``extract.consent_wall``, ``extract.not_found_page``, ``extract.login_page``,
            ``extract.redirect_page`` or ``extract.script_page``.
        LeftOut: ``rights.reserved`` or ``page.not_an_article``.
        ValueError: an unknown ``media``.
    """
    headers = document.response.headers if document.response else ()
    received = document.response.fetched_at if document.response else None
    if received is None and clock is not None:
        received = datetime.fromtimestamp(clock(), tz=UTC)
    if document.media == "html":
        rights, reading = _read_html(document, policy, agent, received)
    elif document.media == "text":
        rights = read_rights((), headers, url=document.url, agent=agent)
        reading = _read_text(document, policy, received)
    elif document.media == "entry":
        if document.entry is None:
            raise Trouble("extract.empty", "a feed entry without content")
        rights, reading = Rights(), _read_entry(document.entry, policy)
    else:
        raise ValueError(f"unknown media {document.media!r}: 'html', 'text' or 'entry'")
    reserved = rights_reserved(rights) if policy.respect_opt_outs else None
    if reserved is not None:
        raise LeftOut("rights.reserved", f"{document.url or document.origin.uri} says {reserved}")
    return make_article(document, reading, rights, received, keep_text_raw=policy.keep_text_raw)


def warm_up() -> None:
    """Import and read what is needed on first use, so that no page waits for it."""
    dates.warm_up()
    extract_domain("https://news.example")  # it reads the public suffix list
    load_phrases()


def _check_length(text: str, policy: ExtractPolicy, what: str) -> None:
    if len(text) < policy.min_chars:
        short = f"{what} gives {len(text)} characters of text, {policy.min_chars} are wanted"
        raise Trouble("extract.no_main_text", short)


def _is_header(document: Document) -> bool:
    """Return whether the charset of a document is what a server declared, not what bytes or container show."""
    return document.response is not None and "charset" in (document.response.content_type or "").lower()


def _read_html(
    document: Document, policy: ExtractPolicy, agent: str, received: datetime | None
) -> tuple[Rights, Reading]:
    """Read what a page reserves and says; where it holds no article, read its entry."""
    headers = document.response.headers if document.response else ()
    rights = Rights()
    try:
        # Fetched pages were checked when they were received; stored ones were not.
        wall = find_wall(document.body, document.url, headers)
        if wall is not None:
            raise Trouble(f"extract.{wall.kind}", f"the page is {describe(wall)}")
        rights = read_rights((), headers, url=document.url, agent=agent)
        page = decode_page(document.body, charset=document.charset, charset_is_header=_is_header(document))
        tree = parse_text(page.text, page.utf8)
        elements = find_elements(tree)
        rights = read_rights(elements["meta"], headers, url=document.url, agent=agent)
        return rights, _read_page(document, tree, elements, page, policy=policy, received=received)
    except (Trouble, LeftOut):
        if document.entry is None or not document.entry.content_html:
            raise
        return rights, _read_entry(document.entry, policy)


def _read_page(
    document: Document,
    tree: HtmlElement,
    elements: Elements,
    page: Decoded,
    *,
    policy: ExtractPolicy,
    received: datetime | None,
) -> Reading:
    url = document.url or (document.entry.url if document.entry else None)
    structure = read_structure(tree)
    has_items = has_microdata(page.utf8 or page.text.encode())
    metadata = read_metadata(tree, structure, elements=elements, url=url, received=received, has_items=has_items)
    base = base_of(tree, url or metadata.url) if elements["base"] else url or metadata.url
    signs = read_signs(elements)
    kind = find_page_type(tree, structure, elements=elements, metadata=metadata, url=url, has_items=has_items)
    if kind.type not in policy.keep_page_types:
        raise _not_an_article(kind, signs, structure, policy)
    titles = (metadata.headline, metadata.subheadline, metadata.alternative_headline, *metadata.titles)
    main = read_main_text(tree, structure, declared_body=metadata.body, titles=titles)
    blocks = main.blocks
    content = clean(
        blocks,
        Context(
            titles=(
                metadata.headline,
                metadata.alternative_headline,
                *(title for title in metadata.titles if title not in metadata.parts),
            ),
            names=[author.name for author in metadata.authors],
            source="page",
            captions=frozenset(find_captions(structure)),
        ),
    )
    source, extractor, confidence, around = "page", main.extractor, main.confidence, structure
    notice = find_notice(signs, content.text)
    if len(content.text) <= MOST_TEXT_BESIDE_BODY or notice is not None:
        declared, body = _read_declared(metadata, elements["script"])
        is_alone = len(content.text) < policy.min_chars or notice is not None or len(body.text) >= 4 * len(content.text)
        if len(body.text) >= policy.min_chars and is_alone and len(body.text) > len(content.text):
            content, blocks, extractor, confidence, around = body, declared.blocks, OWN, None, declared.structure
            source = "json_ld" if metadata.body else "page_data"
        elif notice is not None and (notice.kind == "script_page" or not _declares_article(metadata)):
            raise Trouble(f"extract.{notice.kind}", f"the page is {describe_notice(notice)}")
    _check_length(content.text, policy, "the page")
    byline, authors = _find_authors(metadata, blocks) if source == "page" else (None, ())
    return Reading(
        content=content,
        structure=describe_text(blocks, content, around, base=base, lead=read_lead(metadata)),
        text_source=source,
        extractor=extractor,
        confidence=confidence,
        metadata=metadata,
        page_type=kind.type,
        truncation=find_truncation(content, source=source, metadata=metadata, structure=structure),
        byline=byline,
        authors=authors,
        charset=page.charset,
        charset_source=page.source,
    )


def _not_an_article(kind: PageType, signs: Signs, structure: Structure, policy: ExtractPolicy) -> Trouble | LeftOut:
    """Return why a page of a type that is not kept is left out: for what its title says, or for its type.

    Raises:
        Trouble: the page shows no text, and does not say itself what it is.
    """
    texts = [block.text for block in structure.blocks[:200] if not block.roles & _BESIDE]
    notice = find_notice(signs, "\n".join(texts)[:MOST_TEXT])
    if notice is not None:
        return Trouble(f"extract.{notice.kind}", f"the page is {describe_notice(notice)}")
    if kind.by != "declared":
        _check_length("\n".join(texts), policy, "the page")
    if kind.type == "error":
        return Trouble("extract.not_found_page", f"the page is an error page (by {kind.mark})")
    return LeftOut("page.not_an_article", f"the page is of type {describe_type(kind)}", page_type=kind.type)


def _find_authors(metadata: Metadata, blocks: list[Block]) -> tuple[str | None, tuple[Author, ...]]:
    """Find a byline at the start of the text of a page that names no author otherwise."""
    byline = None if metadata.authors else find_byline([block.text for block in blocks[:5]])
    authors = clean_authors([(byline, None)], publisher=metadata.publisher_name) if byline else ()
    return byline, tuple(author for author in authors if ":" not in author.name)  # "Chief of staff: Jane Roe"


def _declares_article(metadata: Metadata) -> bool:
    """Return whether a page says of itself that it is an article; a notice does not, but for its Open Graph type."""
    is_dated = metadata.published is not None and metadata.published.source in ("json_ld", "meta")
    return is_dated or (metadata.article_type or "").endswith(("Article", "Posting"))


def _read_declared(metadata: Metadata, scripts: Sequence[HtmlElement]) -> tuple[FeedText, Cleaned]:
    """Read the articleBody that a page declares, or that of the data in its scripts; empty where neither is there."""
    try:
        written = metadata.body or read_page_data(scripts, (metadata.headline, *metadata.titles)) or ""
        declared = read_feed_blocks(written[:MAX_BODY])
    except (Trouble, ValueError, RecursionError):
        declared = FeedText([])
    context = Context(
        titles=(metadata.headline, *metadata.titles),
        source="json_ld",
        captions=frozenset(find_captions(declared.structure)),
    )
    return declared, clean(declared.blocks, context)


def _read_entry(entry: Entry, policy: ExtractPolicy) -> Reading:
    for markup, source in ((entry.content_html, "feed_content"), (entry.summary_html, "feed_summary")):
        if not markup:
            continue
        found = read_feed_blocks(markup)
        captions = frozenset(find_captions(found.structure))
        context = Context(titles=(entry.title,), names=entry.authors, source="feed", captions=captions)
        content = clean(found.blocks, context)
        if len(content.text) >= policy.min_chars:
            return Reading(
                content=content,
                structure=describe_text(
                    found.blocks,
                    content,
                    found.structure,
                    base=entry.url or entry.feed_url,
                    lead=ImageObject(url=entry.image_url) if entry.image_url else None,
                ),
                text_source=source,
                truncation=find_truncation(content, source=source, markup=markup),
                charset=entry.charset,
                charset_source=entry.charset_source,
            )
    if not entry.content_html and not entry.summary_html:
        raise Trouble("extract.empty", f"the entry {entry.entry_id or entry.url!r} has neither content nor summary")
    short = f"the feed entry gives fewer than {policy.min_chars} characters of text"
    raise Trouble("extract.no_main_text", short)


def _read_text(document: Document, policy: ExtractPolicy, received: datetime | None) -> Reading:
    file = decode_bytes(document.body, charset=document.charset, charset_is_header=_is_header(document))
    if document.origin.kind in RECORDS:
        paragraphs = split_paragraphs(file.text)
        if (document.entry is not None and document.entry.title) or len(paragraphs) == 1:
            # The record says what is its title and what its text: no line of it is taken for anything else.
            content = keep_all([Block(text=paragraph) for paragraph in paragraphs])
            _check_length(content.text, policy, "the record")
            return Reading(
                content=content,
                structure=TextStructure(blocks=describe_blocks(content.blocks)),
                text_source="text",
                charset=file.charset,
                charset_source=file.source,
            )
    plain = read_plain_text(file.text)
    titles = (plain.headline, plain.subheadline)
    blocks = [Block(text=paragraph) for paragraph in plain.paragraphs]
    content = clean(blocks, Context(titles=titles, names=plain.authors, source="text"))
    _check_length(content.text, policy, "the file")
    return Reading(
        content=content,
        structure=TextStructure(blocks=describe_blocks(content.blocks)),
        text_source="text",
        truncation=find_truncation(content, source="text"),
        headline=plain.headline,
        subheadline=plain.subheadline,
        description=plain.description,
        byline=plain.byline,
        authors=tuple(Author(name=name) for name in plain.authors),
        publisher_name=plain.publisher_name,
        syndicated_from=plain.syndicated_from,
        published=choose_date([(plain.date_raw, "text")] if plain.date_raw else [], None, received),
        charset=file.charset,
        charset_source=file.source,
    )
