"""Addresses and texts go in; the normalised address and the ids made of them come out.

Ids are pure functions of content: the same article gets the same id whoever reads it, whenever and
however often. The rules have a version, :data:`URL_SCHEME` and :data:`TEXT_SCHEME`, stored in every row.
"""

import functools
import re
from hashlib import blake2b
from urllib.parse import unquote_plus, urlsplit

import idna
from w3lib.url import canonicalize_url

from schemas.documents import Entry

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

MAX_HOST_CHARS = 253
"""What a host name may have at most (RFC 1035, 2.3.4)."""

TRACKING = re.compile(
    r"""(?xi)
    (?:amp;){0,2}utm_\w+ | at_(?:medium|campaign|custom\w*|link\w*|ptr_name|bbc_team|format) | pk_\w+ | mtm_\w+
    | matomo_\w+ | piwik_\w+ | itm_\w+ | mc_[ce]id | ml_subscriber(?:_hash)? | sfmc_\w+ | bsft_\w+
    | trk_(?:contact|msg|module|sid)
    | hsa_\w+ | _hs(?:enc|mi) | __hs(?:tc|sc|fp) | hsctatracking | vero_\w+ | oly_(?:anon|enc)_id
    | gclid | gclsrc | gad_(?:source|campaignid) | dclid | gbraid | wbraid | srsltid | fbclid | mibextid
    | msclkid | yclid | ymclid | ysclid | _openstat | twclid | ttclid | igshid | igsh | li_fat_id | epik
    | rdt_cid | sccid | irclickid
    | mkt_tok | elqtrack(?:id)? | dm_i | _branch_(?:match_id|referrer) | __twitter_impression | nr_email_referer
    | _ga | _gl | _ke | _kx | ef_id | s_kwcid | cm_mmc\w*
    | ns_(?:campaign|mchannel|source|linkname|fee)
    | wt_mc | wt_zmc | xtor | ocid | cmpid | cmp | ncid | icid | int_?cmp | intcid | smid | smtyp | partner
    | fb_(?:action_\w+|ref|source)
    | campaign_id | taid | ref_src | ref_url | guccounter | guce_referrer(?:_sig)? | sr_share | spm | feedtype
    """
)
"""Query parameters that never change what a page says; matched whole, case folded."""

FROM_A_FEED = re.compile(r"(?is)(?:source|src|ref|referrer|from|via|origin|traffic_source)=(?:rss.*|atom)")
"""Parameters that may matter, with a value that says no more than that a feed led here."""

_ROUTE = ("!", "/")
"""What a fragment begins with where a script takes it for a path."""


@functools.lru_cache(maxsize=1024)
def canonical_url(url: str, *, keep_fragment: bool = False) -> str:
    """The one form of an address that identifies the article behind it.

    Scheme and host in lower case, internationalised hosts in punycode (IDNA 2008, as browsers do), default
    port, fragment and known tracking parameters gone, remaining parameters sorted, percent-encoding in one
    form, ``http`` taken as ``https``. Path case, trailing slash and ``www.`` are kept: they can matter. A
    fragment that is a route (``#!`` or ``#/``) is kept. Idempotent.

    >>> canonical_url("HTTP://Example.org:80/A/b?utm_source=x&b=2&a=1#top")
    'https://example.org/A/b?a=1&b=2'
    >>> canonical_url("https://example.org/#!/story/1"), canonical_url("https://example.org/#a", keep_fragment=True)
    ('https://example.org/#!/story/1', 'https://example.org/#a')

    Args:
        keep_fragment: keep any fragment.

    Raises:
        ValueError: not an absolute http(s) address with a host.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an absolute http(s) address: {url[:200]!r}")
    host = parts.hostname.rstrip(".").lower()
    if len(host) > MAX_HOST_CHARS:
        raise ValueError(f"host name of an address is over {MAX_HOST_CHARS} characters: {url[:200]!r}")
    try:
        host = idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host
    except idna.IDNAError as error:
        raise ValueError(f"host name cannot be encoded: {url[:200]!r}") from error
    if ":" in host:
        host = f"[{host}]"
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    pairs = parts.query.split("&")
    kept = [pair for pair in pairs if not _is_tracking(pair)]
    query = parts.query if len(kept) == len(pairs) else "&".join(kept)
    keep_fragment = keep_fragment or parts.fragment.startswith(_ROUTE)
    fragment = parts.fragment if keep_fragment else ""
    bare = parts._replace(scheme="https", netloc=host + port, query=query, fragment=fragment).geturl()
    return str(canonicalize_url(bare, keep_blank_values=True, keep_fragments=keep_fragment))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote_plus(name[:200])
    return bool(TRACKING.fullmatch(name) or FROM_A_FEED.fullmatch(f"{name}={unquote_plus(value[:200])}"))


def fragment_of(url: str) -> str:
    """Fragment of an address where it may name a part of the page; empty for a route, or where it is for tracking.

    >>> fragment_of("https://a.example/#n1"), fragment_of("https://a.example/#!/n1"), fragment_of("https://a.example/#utm_source=rss")
    ('n1', '', '')
    """
    fragment = url.strip().partition("#")[2]
    if (
        fragment.startswith(_ROUTE)
        or fragment.lower() in ("rss", "atom")
        or all(map(_is_tracking, fragment.split("&")))
    ):
        return ""
    return fragment


def is_front_page(url_canonical: str) -> bool:
    """Whether a canonical address is the root of its site.

    >>> is_front_page("https://a.example/"), is_front_page("https://a.example/?p=1"), is_front_page("https://a.example/#/1")
    (True, False, False)
    """
    return url_canonical.count("/") == 3 and url_canonical.endswith("/")


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


def address_of(url: str, entry: Entry | None = None) -> str:
    """Canonical address, with its fragment where that is what tells the entry from others.

    Raises:
        ValueError: as :func:`canonical_url`.
    """
    return canonical_url(url, keep_fragment=entry is not None and entry.told_by == "fragment")


def article_id(
    url_canonical: str | None, headline: str | None, text: str, entry: Entry | None = None
) -> tuple[str, str]:
    """Id of an article and the scheme it was made by.

    Args:
        url_canonical: as :func:`address_of` gives it; None identifies by the text.
        entry: what its feed said of it; counts where the address is not what tells it from others.
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
    """Id of an article by one of SCHEMES; all but the first are columns of the article."""
    if scheme == TEXT_SCHEME or url_canonical is None:
        return digest(TEXT_SCHEME, content_hash(headline, text))
    if scheme in (GUID_SCHEME, REUSED_SCHEME):
        return digest(GUID_SCHEME, url_canonical, guid or "")
    return digest(_URL_PREFIX, url_canonical)


def told_by_of(scheme: str, *, has_url: bool) -> str | None:
    """What ``Entry.told_by`` was of an article, by its id_scheme."""
    by_text = "text" if has_url and scheme == TEXT_SCHEME else None
    return {GUID_SCHEME: "guid", REUSED_SCHEME: "reused", FRAGMENT_SCHEME: "fragment"}.get(scheme, by_text)


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


def link_id(url: str | None, entry: Entry | None = None) -> str | None:
    """Id made of the address that was first asked; None for what is no address.

    Args:
        entry: what its feed says of it; what tells it from entries of the feed with the same address is part of the id.
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
    """Hash of what a feed says of an article; a feed that says something else may know of a change."""
    if entry is None:
        return None
    parts = (entry.title, entry.summary_html, entry.content_html, entry.published_raw, entry.modified_raw)
    return digest(*(fold(part or "") for part in parts))
