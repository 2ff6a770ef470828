"""One article, read from a file or an address without an output."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from schemas.articles import Article
from schemas.documents import Document, Link, Source
from schemas.errors import NewsmillError, UsageError
from schemas.outcomes import Mishap
from schemas.stages import CODES, REASONS
from schemas.trouble import LeftOut, Trouble
from transforms.articles.policy import ExtractPolicy
from transforms.articles.read import read_document
from transforms.enrich.languages.identify import identify_language
from transforms.sources.contents import Found
from transforms.sources.limits import ReadLimits
from transforms.sources.opening import open_source
from transforms.urls import is_web_url
from transforms.web.credentials import split_credentials
from transforms.web.link_documents import entry_document, has_content, has_summary
from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import fetch_source, open_client


class ShowPolicies(NamedTuple):
    """How the article is fetched and read."""

    fetch: FetchPolicy
    extract: ExtractPolicy
    limits: ReadLimits


def read_shown(what: str, policies: ShowPolicies, *, url: str | None = None, position: int = 0) -> Article:
    """Read one article, and identify its language; nothing is written.

    Args:
        what: path of a file, or http(s) address; of anything that a run takes.
        policies: how it is fetched and read.
        url: address that a saved page is from; None takes what the page says.
        position: which one of those that a feed or a container holds, from 0.

    Raises:
        UsageError: the file does not exist, or holds fewer articles.
        NewsmillError: it cannot be fetched, or holds no article; says why and what to do.
    """
    try:
        document = _find_document(what, policies, position)
        if url is not None:
            document = _replace_url(document, url)
        clock = partial(float, time.time())
        article = read_document(document, policy=policies.extract, agent=policies.fetch.robots_name, clock=clock)
        return identify_language(article)
    except Trouble as why:
        if why.code == "read.missing":
            raise UsageError(f"there is no file {what}: an address begins with https://") from why
        raise NewsmillError(f"{why.code}: {why.message}: {CODES[why.code]}") from why
    except LeftOut as why:
        raise NewsmillError(f"{why.reason}: {why.message}: {REASONS[why.reason]}") from why


def _find_document(what: str, policies: ShowPolicies, position: int) -> Document:
    address, secret = split_credentials(what) if is_web_url(what) else (what, None)
    if not is_web_url(address) and Path(address).is_dir():
        raise UsageError(f"{what} is a directory: name one file in it")
    source = Source(uri=address, first=position)
    if not is_web_url(address):
        return _pick(open_source(source, limits=policies.limits), what, position)
    fetch = replace(policies.fetch, credentials=(*policies.fetch.credentials, *([secret] if secret else ())))
    web = open_client(fetch)
    try:
        found = open_source(source, fetch=partial(fetch_source, *web), limits=policies.limits)
        return _pick(found, address, position)
    finally:
        web.client.close()


def _pick(found: Iterator[Found], what: str, position: int) -> Document:
    """Return the first document of those found, or that of an entry whose text the feed has.

    Raises:
        UsageError: there is none, or it must be fetched.
        Trouble, LeftOut: why it cannot be read.
    """
    first = next(found, None)
    match first:
        case Document():
            return first
        case Link() if has_content(first) or has_summary(first):
            return entry_document(first)
        case Link():
            raise UsageError(f"{what} names a page and does not hold it: newsmill show {first.url}")
        case Source():
            raise UsageError(f"{what} is a list: newsmill show {first.uri}")
        case Mishap():
            raise first.why
    raise UsageError(f"{what} holds nothing at position {position}")


def _replace_url(document: Document, url: str) -> Document:
    if not is_web_url(url):
        raise UsageError(f"{url} is not an address: give one like https://news.example/story")
    return replace(document, url=url)
