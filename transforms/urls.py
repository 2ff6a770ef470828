"""The parts of an address, and its canonical form."""

import functools
import re
from urllib.parse import SplitResult, unquote_plus, urljoin, urlsplit

import idna
from w3lib.url import canonicalize_url

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


_UNREADABLE = SplitResult("", "", "", "", "")
_PORTS = {"http": 80, "https": 443}

_PLAIN = re.compile(
    r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]{0,250}/[a-zA-Z0-9_./~%+,@=&!$*:-]*+(?:\?[a-zA-Z0-9_./~%+,@=&!$*:-]++)?"
)

_ROOTED = re.compile(r"/(?!/)[a-zA-Z0-9_./~%+,@=&!$*:-]*+(?:\?[a-zA-Z0-9_./~%+,@=&!$*:-]++)?")
"""The path of an address on the same host, in plain characters."""

_ROUTE = ("!", "/")
"""What a fragment begins with where a script takes it for a path."""


def split_url(url: str | None) -> SplitResult:
    """Split an address into its parts; all of them are empty where it cannot be read.

    >>> split_url("https://news.example/a?b").path, split_url("https://[news"), split_url(None).netloc
    ('/a', SplitResult(scheme='', netloc='', path='', query='', fragment=''), '')
    """
    try:
        return urlsplit(url or "")
    except ValueError:
        return _UNREADABLE


def is_readable(url: str | None) -> bool:
    """Return whether an address can be split into parts, as an empty one can."""
    return split_url(url) is not _UNREADABLE


def is_plain(url: str) -> bool:
    """Return whether an address is absolute, http or https, and nothing in it is to be resolved or escaped.

    Most of those in a page are. It is seen in a tenth of the time that splitting an address takes.

    >>> is_plain("https://news.example/a/b?c=d"), is_plain("/a/b"), is_plain("https://news.example/ü")
    (True, False, False)
    """
    return _PLAIN.fullmatch(url) is not None


def join_url(base: str | None, address: str) -> str | None:
    """Resolve a relative address against the one of its page (RFC 3986, 5.2); None where one cannot be read.

    >>> join_url("https://news.example/a/b", "../c"), join_url(None, "c"), join_url("https://[news", "c")
    ('https://news.example/c', 'c', None)
    """
    if is_plain(address) and is_readable(base):
        return address
    if _ROOTED.fullmatch(address) and "/." not in address:  # no step that leads up
        parts = split_url(base)
        if parts.scheme in ("http", "https") and parts.netloc:
            return f"{parts.scheme}://{parts.netloc}{address}"
    try:
        return urljoin(base or "", address)
    except ValueError:
        return None


def host_of(url: str | None) -> str:
    """Return the host of an address in lower case, without a final dot; empty where it has none.

    >>> host_of("https://News.example.:8080/a"), host_of("mailto:a@b.example")
    ('news.example', '')
    """
    return (split_url(url).hostname or "").rstrip(".")


def web_origin(url: str) -> str:
    """Return scheme, host and port of an address (RFC 6454); the port always.

    >>> web_origin("HTTP://News.example/a"), web_origin("https://news.example:8443/")
    ('http://news.example:80', 'https://news.example:8443')

    Raises:
        ValueError: the port is not a number from 0 to 65535.
    """
    parts = split_url(url)
    scheme = parts.scheme.lower()
    return f"{scheme}://{host_of(url)}:{parts.port or _PORTS.get(scheme, 0)}"


@functools.lru_cache(maxsize=1024)
def canonical_url(url: str, *, keep_fragment: bool = False) -> str:
    """Return the one form of an address that identifies the article behind it.

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
    """Return the fragment of an address where it may name a part of the page; else, as for a route or tracking, ''.

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
    """Return whether a canonical address is the root of its site.

    >>> is_front_page("https://a.example/"), is_front_page("https://a.example/?p=1"), is_front_page("https://a.example/#/1")
    (True, False, False)
    """
    return url_canonical.count("/") == 3 and url_canonical.endswith("/")


def publisher_domain(url: str) -> str | None:
    """Return the host of an address without a leading ``www.``; None when it has none.

    >>> publisher_domain("https://www.example.org/a")
    'example.org'
    """
    return host_of(url).removeprefix("www.") or None


def is_web_url(text: str) -> bool:
    """Return whether a string is an absolute http(s) address with a host and no white space.

    >>> is_web_url("https://news.example/a"), is_web_url("news.example/a"), is_web_url("javascript:x")
    (True, False, False)
    """
    if is_plain(text):
        return True
    parts = split_url(text)
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
