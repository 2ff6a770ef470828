"""Whether a link or an article is stored already, and which version of it an article is."""

import dataclasses

from schemas.articles import Article
from schemas.documents import Document, Link
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
from transforms.known.index import Known, KnownRow
from transforms.overlap import has_much_in_common
from transforms.urls import canonical_url, fragment_of


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


def identify(article: Article, *indexes: Known | None) -> Article:
    """Give an article another id where its address is known to be that of another article.

    The address has been used again where guid, title and text all differ: then the guid joins the id, unless one of the
    other articles that came by the address has much in common with it. Rows are read only where the guids differ.

    Args:
        indexes: of what was committed earlier, the oldest first.
    """
    for index in indexes:
        article = _identify(article, index)
    return article


def _identify(article: Article, index: Known | None) -> Article:
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
    """Compare an article, as :func:`identify` gives it, with what is stored, and number its version.

    Returns:
        The article with its number of version; "known" where its newest version says the same; LeftOut for
        another article's text, one taken down, or a repeat of what an earlier chunk of this run has.
    """
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
