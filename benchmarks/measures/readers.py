"""Newsmill and other readers of pages, by one signature."""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass

import trafilatura
from lxml import html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from benchmarks.measures.pages import Page
from schemas.articles import Article
from schemas.documents import Document, Origin
from schemas.trouble import LeftOut, Trouble
from transforms.articles.read import read_document


@dataclass(slots=True)
class Found:
    """What one reader gives for one page."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    """YYYY-MM-DD, or empty."""
    article: Article | None = None
    """Newsmill's row."""
    failed: str = ""
    """Why nothing was read: a code of newsmill, or the class of an exception."""
    kind: str = ""
    """What newsmill calls a page that it left out for its kind."""


_KIND = re.compile(r"\bof type (\w{1,20})")
Reader = Callable[[bytes, str], Found]


def read_newsmill(body: bytes, url: str) -> Found:
    """Read a page to an article, all columns."""
    try:
        article = read_document(Document(media="html", body=body, url=url, origin=Origin(uri="bench", kind="html")))
    except (Trouble, LeftOut) as error:
        kind = _KIND.search(error.message) if isinstance(error, LeftOut) else None
        return Found(failed=str(error.args[0]), kind=kind[1] if kind else "")
    return Found(
        # A block a line: the annotated texts have code in one, and lines of code recur.
        text="\n".join(article.text[one.start : one.end].replace("\n", " ") for one in article.text_blocks),
        title=article.headline or "",
        authors=tuple(author.name for author in article.authors),
        date=article.published_date.isoformat() if article.published_date else "",
        article=article,
    )


def read_trafilatura(body: bytes, url: str, *, fast: bool = False, favor_recall: bool = False) -> Found:
    """Read a page with trafilatura and its metadata."""
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True, fast=fast, favor_recall=favor_recall)
    if found is None:
        return Found(failed="None")
    author, text = found.author, found.text  # type: ignore[union-attr]
    authors = tuple(author.split("; ")) if author else ()
    return Found(text or "", found.title or "", authors, (found.date or "")[:10])  # type: ignore[union-attr]


def read_newspaper(body: bytes, url: str) -> Found:
    """Read a page with newspaper4k."""
    newspaper = importlib.import_module("newspaper")
    article = newspaper.Article(url, fetch_images=False)
    article.download(input_html=body.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date
    return Found(article.text, article.title or "", tuple(article.authors), date.date().isoformat() if date else "")


def read_readability(body: bytes, url: str) -> Found:
    """Read a page with readability-lxml, which finds text and title."""
    document = importlib.import_module("readability").Document(body.decode("utf-8", "replace"), url=url)
    return Found(visible_text(html.document_fromstring(document.summary())), document.short_title() or "")


def read_rs_trafilatura(body: bytes, url: str) -> Found:
    """Read a page with rs-trafilatura."""
    found = importlib.import_module("rs_trafilatura").extract(body.decode("utf-8", "replace"), url=url)
    authors = tuple(re.split(r"; |, ", found.author)) if found.author else ()
    return Found(found.main_content or "", found.title or "", authors, (found.date or "")[:10])


def read_fast(body: bytes, url: str) -> Found:
    """Read a page with trafilatura, without what it falls back on."""
    return read_trafilatura(body, url, fast=True)


def read_with_recall(body: bytes, url: str) -> Found:
    """Read a page with trafilatura, rather too much than too little."""
    return read_trafilatura(body, url, favor_recall=True)


READERS: dict[str, Reader] = {
    "newsmill": read_newsmill,
    "trafilatura": read_trafilatura,
    "fast": read_fast,
    "recall": read_with_recall,
    "newspaper4k": read_newspaper,
    "readability": read_readability,
    "rs-trafilatura": read_rs_trafilatura,
}
"""By name; 'fast' and 'recall' are modes of trafilatura."""

PACKAGES = {
    "newspaper4k": ("newspaper", "newspaper4k"),
    "readability": ("readability", "readability-lxml"),
    "rs-trafilatura": ("rs_trafilatura", "rs-trafilatura"),
}
"""Module and package of the readers that are not among newsmill's requirements."""


def missing_package(name: str) -> str | None:
    """Return the package that a reader lacks, or lacks a part of; None where it can read."""
    module, package = PACKAGES.get(name, ("trafilatura", ""))
    try:
        importlib.import_module(module)
    except ImportError:
        return package
    return None


def read_with(reader: Reader, page: Page) -> Found:
    """Read a page; what a reader raises is a failure of it, with the name of the exception."""
    try:
        return reader(page.body, page.url)
    except Exception as error:
        return Found(failed=type(error).__name__)


_BLOCKS = frozenset(
    "address article aside blockquote br caption dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p pre section table td th tr ul".split()
)


def visible_text(tree: HtmlElement) -> str:
    """Return the text of markup, each block on a line of its own; changes the tree.

    >>> visible_text(html.document_fromstring("<div>One <b>two</b><p>three</p>four</div>"))
    'One two\\nthree\\nfour'
    """
    for element in tree.iter():
        if element.tag in _BLOCKS:
            element.text = f"\n{element.text or ''}"
            element.tail = f"\n{element.tail or ''}"
    lines = (" ".join(line.split()) for line in tree.text_content().splitlines())
    return "\n".join(line for line in lines if line)


def headings_of(body: bytes) -> set[str]:
    """Return the texts of the h1 of a page."""
    try:
        tree = html.document_fromstring(body)
    except (ValueError, LxmlError):
        return set()
    return {" ".join("".join(map(str, heading.itertext())).split()) for heading in tree.iter("h1")} - {""}
