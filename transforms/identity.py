"""Addresses and texts go in; the normalised address and the ids made of them come out.

Ids are pure functions of content: the same article gets the same id whoever reads it, whenever and
however often. The rules have a version, :data:`URL_SCHEME` and :data:`TEXT_SCHEME`, stored in every row.
"""

import re
from hashlib import blake2b
from urllib.parse import urlsplit

import idna
from w3lib.url import canonicalize_url, url_query_cleaner

from schemas.documents import Entry

URL_SCHEME = "url1"
TEXT_SCHEME = "text1"

TRACKING = re.compile(
    r"""(?xi)
    utm_\w+ | at_(?:medium|campaign|custom\w*|link\w*|ptr_name|bbc_team|format) | pk_\w+ | mtm_\w+ | mc_[ce]id
    | hsa_\w+ | _hs(?:enc|mi) | vero_\w+ | oly_(?:anon|enc)_id | gclid | gclsrc | dclid | gbraid | wbraid | fbclid
    | msclkid | yclid | twclid | ttclid | igshid | igsh | li_fat_id | mkt_tok | _ga | _gl
    | ns_(?:campaign|mchannel|source|linkname|fee)
    | wt_mc | wt_zmc | xtor | ocid | cmpid | cmp | ncid | smid | smtyp | partner | fb_(?:action_\w+|ref|source)
    | campaign_id | taid | ref_src | ref_url | guccounter | guce_referrer(?:_sig)? | sr_share | spm | feedtype
    """
)
"""Query parameters that never change what a page says; matched whole, case folded."""


def canonical_url(url: str) -> str:
    """The one form of an address that identifies the article behind it.

    Scheme and host in lower case, internationalised hosts in punycode (IDNA 2008, as browsers do), default
    port, fragment and known tracking parameters gone, remaining parameters sorted, percent-encoding in one
    form, ``http`` taken as ``https``. Path case, trailing slash and ``www.`` are kept: they can matter.
    Idempotent.

    >>> canonical_url("HTTP://Example.org:80/A/b?utm_source=x&b=2&a=1#top")
    'https://example.org/A/b?a=1&b=2'

    Raises:
        ValueError: not an absolute http(s) address with a host.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an absolute http(s) address: {url[:200]!r}")
    host = parts.hostname.rstrip(".").lower()
    try:
        host = idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host
    except idna.IDNAError as error:
        raise ValueError(f"host name cannot be encoded: {url[:200]!r}") from error
    if ":" in host:
        host = f"[{host}]"
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    bare = parts._replace(scheme="https", netloc=host + port, fragment="").geturl()
    names = [pair.partition("=")[0] for pair in parts.query.split("&")]
    noise = [name for name in names if TRACKING.fullmatch(name)]
    if noise:
        bare = url_query_cleaner(bare, noise, remove=True, unique=False)
    return str(canonicalize_url(bare, keep_blank_values=True))


def publisher_domain(url: str) -> str | None:
    """Host of an address without a leading ``www.``; None when it has none.

    >>> publisher_domain("https://www.example.org/a")
    'example.org'
    """
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.lower().removeprefix("www.").rstrip(".") if host else None


def fold(text: str) -> str:
    """White space and case folded: what may differ between two copies of the same text."""
    return " ".join(text.split()).casefold()


def digest(*parts: str) -> str:
    """blake2b-128 of strings, 32 hex digits; lone surrogates allowed."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def content_hash(headline: str | None, text: str) -> str:
    """Hash of what a reader reads; blind to white space and case."""
    return digest(fold(headline or ""), fold(text))


def article_id(url_canonical: str | None, headline: str | None, text: str) -> tuple[str, str]:
    """Id of an article and the scheme it was made by.

    Args:
        url_canonical: as :func:`canonical_url` gives it; None identifies by the text.
    """
    if url_canonical is not None:
        return digest(URL_SCHEME, url_canonical), URL_SCHEME
    return digest(TEXT_SCHEME, content_hash(headline, text)), TEXT_SCHEME


MIN_WORDS = 25
"""Shorter texts are the same only when their headlines are, too: a bare notice is no copy."""


def text_hash(headline: str | None, text: str) -> str:
    """Hash that exact copies of a text share, whatever headline a site gives it; blind to white space and case."""
    if len(text.split()) < MIN_WORDS:
        return content_hash(headline, text)
    return digest(fold(text))


def version_id(article: str, content: str, number: int | None = None) -> str:
    """Id of one version of an article.

    Args:
        article: its article_id.
        content: the content_hash of the version.
        number: its version, where the text is that of the version before and only what was found in it differs.
    """
    return digest(article, content) if number is None else digest(article, content, str(number))


def link_id(url: str | None) -> str | None:
    """Id made of the address that was first asked; None for what is no address."""
    try:
        return digest("link", canonical_url(url)) if url else None
    except ValueError:
        return None


def entry_hash(entry: Entry | None) -> str | None:
    """Hash of what a feed says of an article; a feed that says something else may know of a change."""
    if entry is None:
        return None
    parts = (entry.title, entry.summary_html, entry.content_html, entry.published_raw, entry.modified_raw)
    return digest(*(fold(part or "") for part in parts))
