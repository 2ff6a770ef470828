"""One article, read from a file or an address and enriched, without an output."""

import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from schemas.articles import Article
from schemas.documents import Document, Link, Source
from schemas.errors import NewsmillError, UsageError
from schemas.outcomes import ArticleRows, Mishap
from schemas.stages import CODES, EXTRACT, REASONS
from schemas.trouble import LeftOut, Trouble
from transforms.articles.policy import ExtractPolicy
from transforms.articles.read import read_document
from transforms.enrich.fold import fold_steps
from transforms.enrich.registry import ENRICHMENTS
from transforms.scratch import scratch_directory
from transforms.sources.contents import Found
from transforms.sources.limits import ReadLimits
from transforms.sources.opening import open_source
from transforms.urls import is_web_url
from transforms.web.credentials import split_credentials
from transforms.web.link_documents import entry_document, has_content, has_summary
from transforms.web.policy import FetchPolicy
from transforms.web.polite_client import fetch_source, open_client
from transforms.workers.steps import Crash, Step, run_steps

STANDARD_INPUT = "-"


class ShowPolicies(NamedTuple):
    """How the article is fetched, read and enriched; the policies of enrichments by their class."""

    fetch: FetchPolicy
    extract: ExtractPolicy
    limits: ReadLimits
    enrich: Mapping[type, Any]


def read_shown(what: str, policies: ShowPolicies, *, url: str | None = None, position: int = 0) -> Article:
    """Read one article and enrich it; nothing is written.

    Args:
        what: path of a file, or http(s) address, of anything that a run takes; "-" for standard input.
        policies: how it is fetched, read and enriched.
        url: address that a saved page is from; None takes what the page says.
        position: which one of those that a feed or a container holds, from 0.

    Raises:
        UsageError: the file does not exist, or holds fewer articles.
        NewsmillError: it cannot be fetched, or holds no article; says why and what to do.
    """
    try:
        document = _find_document(what, policies, position)
    except Trouble as why:
        if why.code == "read.missing":
            raise UsageError(f"there is no file {what}: an address begins with https://") from why
        raise _explain(why) from why
    except LeftOut as why:
        raise _explain(why) from why
    if url is not None:
        document = _replace_url(document, url)
    clock = partial(float, time.time())
    read = partial(read_document, policy=policies.extract, agent=policies.fetch.robots_name, clock=clock)
    steps = (Step(EXTRACT.word, read, EXTRACT.crash), *fold_steps(ENRICHMENTS, policies.enrich))
    ended = run_steps(document, steps=steps)
    result = ended.result
    if isinstance(result, Crash):
        code = steps[ended.step].crash or ""
        raise NewsmillError(f"{code}: {result.message}: {CODES[code]}")
    if isinstance(result, Trouble | LeftOut):
        raise _explain(result)
    made: ArticleRows = result
    return made.article


def _explain(why: Trouble | LeftOut) -> NewsmillError:
    code, meaning = (why.code, CODES[why.code]) if isinstance(why, Trouble) else (why.reason, REASONS[why.reason])
    return NewsmillError(f"{code}: {why.message}: {meaning}")


def _read_standard_input(policies: ShowPolicies, position: int) -> Document:
    with scratch_directory() as folder:
        path = folder / "input"
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        what = "standard input"
        try:
            document = _pick(open_source(Source(uri=str(path), first=position), limits=policies.limits), what, position)
        except Trouble as why:
            raise Trouble(why.code, why.message.replace(str(path), what)) from why
    return replace(document, origin=replace(document.origin, uri=STANDARD_INPUT))


def _find_document(what: str, policies: ShowPolicies, position: int) -> Document:
    if what == STANDARD_INPUT:
        return _read_standard_input(policies, position)
    address, secret = split_credentials(what) if is_web_url(what) else (what, None)
    if not is_web_url(address) and Path(address).is_dir():
        raise UsageError(f"{what} is a directory: name one file in it")
    source = Source(uri=address, first=position)
    if not is_web_url(address):
        return _pick(open_source(source, limits=policies.limits), what, position)
    fetch = replace(policies.fetch, credentials=(*policies.fetch.credentials, *([secret] if secret else ())))
    with open_client(fetch) as web:
        found = open_source(source, fetch=partial(fetch_source, web), limits=policies.limits)
        return _pick(found, address, position)


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
            raise UsageError(f"{what} names a page and does not hold it: {_show(first.url)}")
        case Source():
            raise UsageError(f"{what} is a list: {_show(first.uri)}")
        case Mishap():
            raise first.why
    raise UsageError(f"{what} holds nothing at position {position}")


def _show(url: str) -> str:
    return f"newsmill show {shlex.quote(url)}"


def _replace_url(document: Document, url: str) -> Document:
    if not is_web_url(url):
        raise UsageError(f"{url} is not an address: give one like https://news.example/story")
    return replace(document, url=url)
