"""Links and articles that earlier runs have stored, and versions of articles that they have not."""

import dataclasses
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import apache_beam as beam

from schemas.articles import Article, Dropped
from schemas.documents import Document, Link
from schemas.stages import KNOWN, VERSIONS
from schemas.trouble import LeftOut
from transforms.feeds.shared_links import has_text, own_guid
from transforms.identity import (
    FRAGMENT_SCHEME,
    GUID_SCHEME,
    REUSED_SCHEME,
    TEXT_SCHEME,
    URL_SCHEME,
    address_of,
    article_id,
    entry_hash,
    fold,
    id_bits,
    link_id,
    make_id,
    version_id,
)
from transforms.known.files import Known, KnownFiles
from transforms.known.index import KnownRow
from transforms.ledger import Ledger, typed
from transforms.named_outputs import NamedOutputs
from transforms.overlap import has_much_in_common
from transforms.urls import canonical_url, fragment_of


class UnknownLinks(NamedTuple):
    """What SkipKnownLinks returns. Links that are known are counted and have no row."""

    links: beam.PCollection[Link]
    dropped: beam.PCollection[Dropped]


class KeepOffRetracted(beam.PTransform[beam.PCollection[Document], beam.PCollection[Document]]):
    """Keep pages that were taken down out of the archive. Elementwise; no document is left out.

    Args:
        files: the indexes.
    """

    def __init__(self, files: KnownFiles) -> None:
        super().__init__()
        self._files = files

    def expand(self, documents: beam.PCollection[Document]) -> beam.PCollection[Document]:
        passed: beam.PCollection[Document] = documents | beam.Map(_strip, self._files).with_output_types(Document)
        return passed


def _strip(document: Document, known: KnownFiles) -> Document:
    before = known.load_before()
    retracted = before.retracted if before is not None else frozenset()
    return without_retracted_exchanges(document, retracted)


class Versioned(NamedTuple):
    """What NumberVersions returns. Articles that are stored with the same text are counted and have no row."""

    articles: beam.PCollection[Article]
    dropped: beam.PCollection[Dropped]


def tell_apart_as_before(link: Link, before: Known | None) -> Link:
    """Give a link what distinguishes its entry, where its address did not distinguish entries of its feed before.

    What was chosen for an address stays chosen: an entry has the id that it would have had in the poll that showed
    that the address is shared. Runs in progress do not count, so that nothing depends on how a run is cut.
    """
    entry = link.entry
    if before is None or entry is None or not has_text(entry):
        return link
    try:
        address = canonical_url(link.url)
    except ValueError:
        return link
    shared_by = before.shared_by(link_id(address) or "", entry.feed_url) - {REUSED_SCHEME}
    if not shared_by:
        return link
    guid = own_guid(entry, address)
    if entry.told_by == "fragment" and FRAGMENT_SCHEME not in shared_by and guid:
        return dataclasses.replace(link, entry=dataclasses.replace(entry, told_by="guid"))
    if entry.told_by is not None:
        return link
    if FRAGMENT_SCHEME in shared_by and (fragment_of(link.url) or len(shared_by) == 1):
        told_by = "fragment" if fragment_of(link.url) else None
    else:
        told_by = "guid" if guid else "text"
    return dataclasses.replace(link, entry=dataclasses.replace(entry, told_by=told_by))


def decide_link(link: Link, before: Known | None, so_far: Known | None) -> LeftOut | str | None:
    """Decide whether a link is fetched.

    Returns:
        None to fetch it; "known" where an earlier run has read the address and its feed says nothing new;
        LeftOut where it was taken down or this run has read it already.
    """
    said = entry_hash(link.entry)
    # An entry may have been read before its address was known to be shared.
    names = [name for name in (link_id(link.url, link.entry), link_id(link.url)) if name is not None]
    if not names:
        return None  # the fetch will say what is wrong with it
    ids = {article_id(address_of(link.url, link.entry), None, "", link.entry)[0], _address_id(link.url)}
    for index in (before, so_far):
        if index is not None and ids & index.retracted:
            return LeftOut("retract.taken_down", f"taken down: {link.url}")
    if so_far is not None and any(so_far.has_link(name, said) for name in names):
        # The reasons that pick_links gives for copies in one chunk.
        reason = "repeats.same_text" if link.entry is not None and has_text(link.entry) else "repeats.same_id"
        return LeftOut(reason, f"an earlier chunk of the run has read {link.url}")
    if before is not None and any(before.has_link(name, said) for name in names):
        return "known"
    return None


def _address_id(url: str) -> str:
    """article_id of an article that its address alone identifies."""
    return article_id(canonical_url(url), None, "")[0]


def identify(article: Article, index: Known | None) -> Article:
    """Give an article another id where its address is known to be that of another article.

    The address has been used again where guid, title and text all differ: then the guid joins the id, unless one of the
    other articles that came by the address has much in common with it. Rows are read only where the guids differ.

    Args:
        index: of what was committed earlier.
    """
    guid, address = article.feed_entry_id, article.url_canonical
    if index is None or not guid or address is None or article.id_scheme != URL_SCHEME:
        return article
    known = index.find_article(article.article_id)
    if known is None or known.content == id_bits(article.content_hash):
        return article
    row = index.read_row(article.article_id)
    if row is None or not _is_another(article, row):
        return article
    own = make_id(GUID_SCHEME, address, guid, None, "")
    others = index.shared_ids(link_id(address) or "")
    if own not in others:
        for name in others:
            other = index.read_row(name)
            if other is not None and other.feed_entry_id and not _is_another(article, other):
                return dataclasses.replace(
                    article, article_id=name, id_scheme=REUSED_SCHEME, feed_entry_id=other.feed_entry_id
                )
    return dataclasses.replace(article, article_id=own, id_scheme=REUSED_SCHEME)


def _is_another(article: Article, row: KnownRow) -> bool:
    """Return whether guid, title and text all say that an article is not the known one."""
    if not row.feed_entry_id or row.feed_entry_id == article.feed_entry_id:
        return False
    title = fold(article.headline or "")
    if title and title == fold(row.headline or ""):
        return False
    return not has_much_in_common(article.text, row.text)


def decide_version(article: Article, before: Known | None, so_far: Known | None) -> Article | LeftOut | str:
    """Compare an article with what is stored, and number its version.

    Returns:
        The article with its number of version; "known" where its newest version says the same; LeftOut for
        another article's text, one taken down, or a repeat of what an earlier chunk of this run has.
    """
    return _decide_version(identify(identify(article, before), so_far), before, so_far)


def _decide_version(article: Article, before: Known | None, so_far: Known | None) -> Article | LeftOut | str:
    ids = {article.article_id} | ({_address_id(article.url_canonical)} if article.url_canonical else set())
    named = dataclasses.replace(article, version=1, version_id=version_id(article.article_id, article.content_hash))
    for index in (before, so_far):
        if index is not None and ids & index.retracted:
            return LeftOut("retract.taken_down", f"taken down: {article.url or article.article_id}")
    if so_far is not None:
        if so_far.find_article(article.article_id) is not None:
            return LeftOut("repeats.same_id", "an earlier chunk of the run has the same article")
        if so_far.find_text(article.text_hash) is not None:
            return LeftOut("repeats.same_text", "an earlier chunk of the run has the same text")
    if before is None:
        return named
    known = before.find_article(article.article_id)
    if known is None:
        if _came_by_address(article, before):
            return "known"
        if before.find_text(article.text_hash) is not None:
            return LeftOut("known.same_text", "an earlier run has the same text under another address")
        return named
    if known.content == id_bits(article.content_hash):
        return "known"
    return dataclasses.replace(named, version=known.version + 1)


def _came_by_address(article: Article, before: Known) -> bool:
    """Return whether an entry is stored, word for word, from a time when its address was thought to identify it."""
    if article.id_scheme not in (GUID_SCHEME, FRAGMENT_SCHEME, TEXT_SCHEME) or article.url_canonical is None:
        return False
    return before.has_link(link_id(article.url_canonical) or "", article.entry_hash)


def without_retracted_exchanges(document: Document, retracted: frozenset[str]) -> Document:
    """Remove from a document what would be archived, where its address was taken down.

    An unknown link may lead to a page that was taken down; its article is left out later, and its bytes must not be
    archived either.
    """
    response = document.response
    if response is None or not response.exchanges:
        return document
    try:
        name = article_id(canonical_url(response.url), None, "")[0]
    except ValueError:
        return document
    if name not in retracted:
        return document
    return dataclasses.replace(document, response=dataclasses.replace(response, exchanges=()))


def duplicate_of(article: Article, before: Known | None, so_far: Known | None) -> str:
    """Give the article_id of the article that one repeats."""
    for index in (so_far, before):
        if index is not None:
            if index.find_article(article.article_id) is not None:
                return article.article_id
            if (other := index.find_text(article.text_hash)) is not None:
                return other
    return article.article_id


class _KnownFn(beam.DoFn):
    def __init__(self, files: KnownFiles, stage: str) -> None:
        self._files = files
        self._stage = stage

    def setup(self) -> None:
        self._ledger = Ledger(self._stage)

    def start_bundle(self) -> None:
        self._window: Any = None

    def look(self, window: Any) -> None:
        """Load what is known for the elements of a window; a bundle may hold several windows."""
        if self._window is None or window != self._window:
            self._before, self._so_far = self._files.load(window)
            self._window = window


class _SkipFn(_KnownFn):
    def process(self, element: Link, window: Any = beam.DoFn.WindowParam) -> Iterable[Any]:
        self.look(window)
        self._ledger.count("in")
        element = tell_apart_as_before(element, self._before)
        decided = decide_link(element, self._before, self._so_far)
        if decided is None or (decided == "known" and self._files.asks_again):
            self._ledger.count("done")
            yield element
        elif isinstance(decided, LeftOut):
            is_repeat = decided.reason.startswith("repeats.")
            other = (
                article_id(address_of(element.url, element.entry), None, "", element.entry)[0] if is_repeat else None
            )
            yield self._ledger.left_out(element, decided, duplicate_of=other)
        else:
            self._ledger.count("known")


class SkipKnownLinks(NamedOutputs[beam.PCollection[Link], UnknownLinks]):
    """Leave out links that need not be fetched again.

    Elementwise. A link is known when an earlier run has an article that was read at its address while its feed said
    the same of it, or left out what it read there; failures are not known, so they are tried again.

    Args:
        files: the indexes.
    """

    def __init__(self, files: KnownFiles) -> None:
        super().__init__()
        self._do = _SkipFn(files, KNOWN.word)

    def expand(self, links: beam.PCollection[Link]) -> UnknownLinks:
        split = links | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        attempted = typed(split, Link)
        return UnknownLinks(links=attempted.done, dropped=attempted.dropped)


class _NumberFn(_KnownFn):
    def __init__(self, files: KnownFiles, since: date | None) -> None:
        super().__init__(files, VERSIONS.word)
        self._since = since

    def process(self, element: Article, window: Any = beam.DoFn.WindowParam) -> Iterable[Any]:
        self.look(window)
        self._ledger.count("in")
        day = element.published_date
        if self._since is not None and day is not None and day < self._since:
            why = LeftOut("since.older", f"published on {day}, before {self._since}")
            yield self._ledger.left_out(element, why)
            return
        element = identify(identify(element, self._before), self._so_far)
        decided = _decide_version(element, self._before, self._so_far)
        if isinstance(decided, Article):
            self._ledger.count("done")
            yield decided
        elif isinstance(decided, LeftOut):
            is_filtered = decided.reason == "retract.taken_down"
            other = None if is_filtered else duplicate_of(element, self._before, self._so_far)
            yield self._ledger.left_out(element, decided, duplicate_of=other)
        elif element.link_id and self._before and not self._before.has_link(element.link_id, element.entry_hash):
            # Its feed says something new, the page does not: with this row the next run does not fetch it again.
            why = LeftOut("known.same_version", "an earlier run has the same text")
            yield self._ledger.left_out(element, why, duplicate_of=element.article_id)
        else:
            self._ledger.count("known")


class NumberVersions(NamedOutputs[beam.PCollection[Article], Versioned]):
    """Separate new articles and new versions from what is stored, and number them.

    Elementwise; before anything costly is done to an article.

    Args:
        files: the indexes.
        since: articles published on an earlier day are filtered; those without date are not.
    """

    def __init__(self, files: KnownFiles, *, since: date | None = None) -> None:
        super().__init__()
        self._do = _NumberFn(files, since)

    def expand(self, articles: beam.PCollection[Article]) -> Versioned:
        split = articles | beam.ParDo(self._do).with_outputs("dead", "dropped", main="done")
        attempted = typed(split, Article)
        return Versioned(articles=attempted.done, dropped=attempted.dropped)
