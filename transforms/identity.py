"""Ids of articles, versions, links and entries.

Ids are pure functions of content: the same article gets the same id in every run. The rules have a version,
:data:`URL_SCHEME` and :data:`TEXT_SCHEME`, stored in every row.
"""

import re
from hashlib import blake2b
from typing import NamedTuple

from schemas.documents import Document, Entry
from transforms.urls import canonical_url

URL_SCHEME = "url2"
"""Made of the canonical address."""

TEXT_SCHEME = "text1"
"""Made of headline and text."""

GUID_SCHEME = "guid1"
"""Made of the canonical address and the guid, since entries of one feed share the address."""

REUSED_SCHEME = "reused1"
"""The same, since the address had another article before. The id is that of GUID_SCHEME."""

FRAGMENT_SCHEME = "fragment1"
"""Made of the canonical address with its fragment, since entries of one feed share the address without it."""

SCHEMES = ("url1", URL_SCHEME, TEXT_SCHEME, GUID_SCHEME, REUSED_SCHEME, FRAGMENT_SCHEME)
"""What ``id_scheme`` may be. url2 knows more tracking parameters than url1, and routes; of what is canonical by both,
both make one id."""

_URL_PREFIX = "url1"
"""What the hash of an address begins with; kept, so that ids stay as they are where the canonical address does."""


def fold(text: str) -> str:
    """Fold white space and case: what may differ between two copies of the same text."""
    return _fold_space(text).casefold()


def _fold_space(text: str) -> str:
    """Return the words of a text, with one blank between two of them."""
    line = text.replace("\n", " ")
    # Of white space, only the blank is printable: most texts are folded already, and need not be split.
    is_folded = line.isprintable() and "  " not in line and not line.startswith(" ") and not line.endswith(" ")
    return line if is_folded else " ".join(text.split())


def digest(*parts: str) -> str:
    """Return the blake2b-128 of strings, 32 hex digits; lone surrogates are allowed."""
    return digest_bytes("\x1f".join(parts).encode("utf-8", "surrogatepass"))


def digest_bytes(data: bytes) -> str:
    """Return the blake2b-128 of bytes, 32 hex digits.

    >>> digest_bytes(b"")
    'cae66941d9efbd404e4d88758ea67670'
    """
    return blake2b(data, digest_size=16).hexdigest()


SHORT_DIGITS = 16
"""Hex digits of a short digest: 64 bits, for what is compared within one feed, run or file."""


_ID = re.compile("[0-9a-f]{32}")


def is_id(text: str) -> bool:
    """Return whether a string has the form of an id: 32 lowercase hex digits."""
    return _ID.fullmatch(text) is not None


def id_bits(name: str | None) -> int:
    """Return the first 64 bits of an id as a number; 0 for None.

    >>> id_bits("00000000000000ff" + 16 * "0"), id_bits(None)
    (255, 0)
    """
    return int(name[:SHORT_DIGITS], 16) if name else 0


def short_digest(*parts: str) -> str:
    """Return the first 64 bits of a digest, 16 hex digits."""
    return digest(*parts)[:SHORT_DIGITS]


def content_hash(headline: str | None, text: str) -> str:
    """Hash what a reader reads, without regard to white space and case."""
    return digest(fold(headline or ""), fold(text))


def address_of(url: str, entry: Entry | None = None) -> str:
    """Return the canonical address, with its fragment where that identifies the entry.

    Raises:
        ValueError: as :func:`canonical_url`.
    """
    return canonical_url(url, keep_fragment=entry is not None and entry.told_by == "fragment")


def article_id(
    url_canonical: str | None, headline: str | None, text: str, entry: Entry | None = None
) -> tuple[str, str]:
    """Return the id of an article and the scheme it was made by.

    Args:
        url_canonical: as :func:`address_of` gives it; None identifies by the text.
        entry: what its feed said of it; used where the address does not identify it.
    """
    told_by = entry.told_by if entry is not None else None
    if url_canonical is None or told_by == "text":
        return make_id(TEXT_SCHEME, None, None, headline, text), TEXT_SCHEME
    if told_by in ("guid", "reused") and entry is not None:
        scheme = GUID_SCHEME if told_by == "guid" else REUSED_SCHEME
        return make_id(scheme, url_canonical, entry.entry_id, headline, text), scheme
    scheme = FRAGMENT_SCHEME if told_by == "fragment" else URL_SCHEME
    return make_id(scheme, url_canonical, None, headline, text), scheme


def make_id(scheme: str, url_canonical: str | None, guid: str | None, headline: str | None, text: str) -> str:
    """Make the id of an article by one of SCHEMES; all arguments but the first are columns of the article."""
    if scheme == TEXT_SCHEME or url_canonical is None:
        return digest(TEXT_SCHEME, content_hash(headline, text))
    if scheme in (GUID_SCHEME, REUSED_SCHEME):
        return digest(GUID_SCHEME, url_canonical, guid or "")
    return digest(_URL_PREFIX, url_canonical)


def told_by_of(scheme: str, *, has_url: bool) -> str | None:
    """Return the ``Entry.told_by`` of an article, by its id_scheme."""
    by_text = "text" if has_url and scheme == TEXT_SCHEME else None
    return {GUID_SCHEME: "guid", REUSED_SCHEME: "reused", FRAGMENT_SCHEME: "fragment"}.get(scheme, by_text)


MIN_WORDS = 25
"""Shorter texts are the same only when their headlines are, too: a bare notice is not a copy."""


class ContentHashes(NamedTuple):
    """Hashes of an article, and its words, which are counted on the way."""

    content: str
    text: str
    word_count: int
    """Words of the text, split at white space."""


def hash_content(headline: str | None, text: str) -> ContentHashes:
    """Return :func:`content_hash` and :func:`text_hash`; the text is folded once for all.

    >>> hash_content("A", "b") == (content_hash("A", "b"), text_hash("A", "b"), 1)
    True
    """
    folded = fold(text)
    word_count = folded.count(" ") + 1 if folded else 0
    content = digest(fold(headline or ""), folded)
    return ContentHashes(content, content if word_count < MIN_WORDS else digest(folded), word_count)


def text_hash(headline: str | None, text: str) -> str:
    """Hash a text so that exact copies share it, whatever their headlines, white space and case."""
    return hash_content(headline, text).text


def version_id(article: str, content: str, number: int | None = None) -> str:
    """Return the id of one version of an article.

    Args:
        article: its article_id.
        content: the content_hash of the version.
        number: its version, where the text is that of the version before and only what was found in it differs.
    """
    return digest(article, content) if number is None else digest(article, content, str(number))


def document_link_id(document: Document) -> str | None:
    """Return the link_id of a document: of the address that was first asked for, wherever it redirected to."""
    redirects = document.response.redirects if document.response else ()
    return link_id(redirects[0] if redirects else document.url, document.entry)


def link_id(url: str | None, entry: Entry | None = None) -> str | None:
    """Return the id made of the address that was first requested; None for what is not an address.

    Args:
        entry: what its feed says of it; what distinguishes it from entries with the same address is part of the id.
    """
    try:
        address = address_of(url, entry) if url else None
    except ValueError:
        return None
    if address is None:
        return None
    if entry is not None and entry.told_by == "guid":
        return digest("link", address, entry.entry_id or "")
    if entry is not None and entry.told_by == "text":
        return digest("link", address, "", entry_hash(entry) or "")
    return digest("link", address)


def entry_hash(entry: Entry | None) -> str | None:
    """Hash what a feed says of an article; where it says something else, the article may have changed."""
    if entry is None:
        return None
    parts = (entry.title, entry.summary_html, entry.content_html, entry.published_raw, entry.modified_raw)
    return digest(*(fold(part or "") for part in parts))
