"""Pages that are a bot wall or a consent wall instead of an article.

They are recognised so that a wall is not stored as news, and so that the report of a run names it. Walls are never
circumvented: an address that responds with a wall is a dead letter.
"""

import html as markup
import re
from collections.abc import Iterable
from typing import NamedTuple

from schemas.trouble import Trouble
from transforms.walls.consent import button_labels, consent_address, find_choice, is_consent_title
from transforms.walls.visible_lines import visible_lines

Headers = Iterable[tuple[str, str]]
"""Names in lower case and values."""

REFUSALS = frozenset({403, 405, 429, 503})
"""Statuses of walls other than success: the body of such a response is read."""

LARGEST = 64 * 1024
"""Most bytes of a wall without a title or address of walls; those seen have less than 40 KB."""

MOST_TEXT = 1_500
"""Code points of visible text up to which a page can be a bot wall."""

MOST_WORDS_TEXT = 800
"""Code points of visible text up to which a page with words of walls is one."""

MAX_PARSED = 256 * 1024
"""Most bytes of a page whose visible text is read."""


MAX_TAGS = 5_000
"""Most ``<`` of a wall: those seen have some hundreds."""


class Wall(NamedTuple):
    """A page that is shown instead of the article."""

    kind: str
    """'bot_wall' or 'consent_wall'."""
    vendor: str
    """Its vendor, lower case; 'generic' where only the words show it."""
    mark: str
    """What it was recognised by."""


# A page that declares an article is one, whatever the protection of its site adds.
_ARTICLE = re.compile(
    rb"""<article\b|["']headline["']|["']articleBody["']|itemprop=["']?(?:articleBody|headline)|article:published_time"""
    rb"""|og:type["']?\s+content=["']?article|content=["']?article["']?\s+property=["']?og:type"""
)

_ERROR_CODE = re.compile(rb"\s*error code: 10(?:0[6-9]|1[0-25]|20)\s*")

# Some are in every page of a protected site (_Incapsula_Resource, AWS' challenge.js, KPSDK), so a mark alone does not
# decide. /cdn-cgi/challenge-platform/scripts/ is in every page behind Cloudflare, so it is not in the list.
_MARKS = {
    "cloudflare": rb"_cf_chl_opt|/challenge-platform/h/|cf-browser-verification|id=\"cf-error-details|"
    rb"__cf_chl_|/cdn-cgi/l/chk_",
    "perimeterx": rb"px-captcha|_pxBlock|captcha\.px-c(?:dn|loud)\.net",
    "datadome": rb"captcha-delivery\.com",
    "imperva": rb"_Incapsula_Resource|Incapsula incident ID|distil_r_captcha|/distil_r_blocked",
    "akamai": rb"/_sec/cp_challenge/|[?&]bm-verify=|sec-if-cpt-container|Reference&#32;&#35;\w|errors\.edgesuite\.net/",
    "aws": rb"window\.gokuProps|AwsWafIntegration\.|awswaf\.com/",
    "kasada": rb"KPSDK|/ips\.js\?|x-kpsdk-",
    "sucuri": rb"sucuri_cloudproxy_js|Sucuri Website Firewall",
    "ddos-guard": rb"/\.well-known/ddos-guard/|ddos-guard\.net",
    "vercel": rb"/\.well-known/vercel/security/",
    "anubis": rb"/\.within\.website/x/",
    "radware": rb"validate\.perfdrive\.com",
    "f5": rb"Your support ID is:",
    "google": rb"id=\"captcha-form\"",
    "captcha": rb"class=\"(?:g-recaptcha|h-captcha|cf-turnstile)\b|action=\"[^\"]{0,100}captcha",
}
_ANY_MARK = re.compile(b"|".join(_MARKS.values()))
_BY_VENDOR = {vendor: re.compile(pattern) for vendor, pattern in _MARKS.items()}

_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_TITLES = {
    "cloudflare": r"just a moment\W*|attention required! \| cloudflare|please wait\W* \| cloudflare|"
    r"access denied \| .{1,80} used cloudflare to restrict access",
    "perimeterx": r"access to this page has been denied\W*",
    "imperva": r"pardon our interruption\W*",
    "akamai": r"challenge validation",
    "aws": r"human verification",
    "sucuri": r"sucuri website firewall - access denied",
    "ddos-guard": r"ddos-guard",
    "vercel": r"vercel security checkpoint",
    "anubis": r"making sure you['’]re not a bot!?",
    "radware": r"(?:radware )?(?:captcha page|bot manager captcha)|shieldsquare captcha",
    "f5": r"request rejected",
    "generic": r"access denied|(?:bot|robot|security|browser|human) (?:check|verification|challenge)|client challenge|"
    r"(?:please )?(?:verify|confirm) (?:that )?you are (?:a )?human|are you (?:a )?(?:robot|human)\??|captcha|"
    r"(?:checking|verifying) your browser\W*(?:before .{0,80})?|one moment, please\W*|you have been blocked|"
    r"(?:please )?enable javascript(?: and cookies)?\W*",
}
_BY_TITLE = {vendor: re.compile(pattern, re.IGNORECASE) for vendor, pattern in _TITLES.items()}

_BOT_WORDS = re.compile(
    r"enable (?:javascript and cookies|cookies and javascript|js and disable any ad ?blocker)"
    r"|(?:verify|confirm|prove|mak(?:e|ing) sure)\W+(?:that )?you(?:['’]re| are) (?:a |an )?(?:not a (?:ro)?bot|human)"
    r"|verifying (?:that )?you are (?:a )?human|are you a robot\?|i['’]?a?m not a robot"
    r"|checking your browser before|unusual (?:traffic|activity) (?:from|on) your (?:computer )?network"
    r"|your browser made us think (?:that )?you (?:were|are) a bot"
    r"|complete the (?:security|captcha) (?:check|challenge)"
    r"|why have i been blocked|you don['’]t have permission to access .{1,300} on this server"
    r"|solve the (?:captcha|puzzle)|press (?:&|and) hold to confirm|this process is automatic",
    re.IGNORECASE | re.DOTALL,
)


def wall_by_headers(status: int, headers: Headers) -> str | None:
    """Return the vendor of a wall by the headers of the response alone; None where they do not show one.

    Only headers that the vendors document, or that are sent with refusals only, count: ``cf-mitigated: challenge``
    (Cloudflare), ``x-amzn-waf-action`` (AWS), ``x-vercel-mitigated: challenge`` at any status; with a refusal also
    the headers of DataDome and Kasada, and the server name of Akamai. Those of Cloudflare and Imperva alone do not
    count: both send the refusals of the site itself under their name.

    Args:
        status: HTTP status.
        headers: names in lower case.

    >>> wall_by_headers(202, [("x-amzn-waf-action", "challenge")]), wall_by_headers(403, [("server", "cloudflare")])
    ('aws', None)
    """
    found = {name: value.strip().lower() for name, value in headers}
    if found.get("cf-mitigated") == "challenge":
        return "cloudflare"
    if found.get("x-amzn-waf-action") in ("challenge", "captcha"):
        return "aws"
    if found.get("x-vercel-mitigated") in ("challenge", "deny"):
        return "vercel"
    if status not in REFUSALS:
        return None
    if "x-dd-b" in found or (status == 403 and "x-datadome" in found):
        return "datadome"
    if "x-kpsdk-ct" in found or "x-kpsdk-r" in found:
        return "kasada"
    return "akamai" if status == 403 and found.get("server") == "akamaighost" else None


def find_wall(html: bytes, url: str | None, headers: Headers = (), *, status: int = 200) -> Wall | None:
    """Return the wall that a page is; None for any other page, articles about walls included.

    Technical marks come first: headers, the address, titles that only walls have, scripts and forms of the vendors.
    Words count only on a short page. A page that declares an article (headline in JSON-LD or microdata, Open Graph
    type, time of publication) is never a wall. Costs some microseconds on pages over LARGEST, 0.1 ms on others.

    Args:
        html: bytes, inflated.
        url: final address, after redirects; None when unknown.
        headers: of the response, names in lower case.
        status: of the response.
    """
    vendor = wall_by_headers(status, headers)
    if vendor is not None:
        return Wall("bot_wall", vendor, "headers")
    if _ERROR_CODE.fullmatch(html[:80]) is not None:
        return Wall("bot_wall", "cloudflare", html[:80].strip().decode("ascii"))
    address, title = consent_address(url), _title(html)
    named = next((vendor for vendor, known in _BY_TITLE.items() if known.fullmatch(title)), None) if title else None
    has_mark_of_wall = bool(address or named) or is_consent_title(title)
    if len(html) > (MAX_PARSED if has_mark_of_wall else LARGEST):
        return None
    links = html.count(b"<a ")
    if not has_mark_of_wall and links > 40:  # of most pages, whose paragraphs need not be counted
        return None
    paragraphs = html.count(b"<p")
    if not has_mark_of_wall and paragraphs > 40:
        return None
    if html.count(b"<") > MAX_TAGS or _ARTICLE.search(html) is not None:
        return None
    mark = _ANY_MARK.search(html)
    if mark is not None and named not in (None, "generic"):
        return Wall("bot_wall", str(named), f"title {title!r}")
    lines = visible_lines(html)
    wall = _bot_wall(html, lines, mark, named, title) if links <= 10 and paragraphs <= 20 else None
    if wall is not None:
        return wall
    if address is not None:
        return Wall("consent_wall", "generic", f"address {address}")
    choice = find_choice([*lines, *button_labels(html)], title=title)
    return Wall("consent_wall", "generic", f"choice {choice!r}") if choice else None


def check_wall(body: bytes, url: str | None, status: int, headers: Headers = ()) -> None:
    """Refuse a response that is a wall, whatever its status.

    Args:
        body: bytes, inflated; of a refusal as much as was read, or nothing.
        url: final address.
        status: of the response.
        headers: of the response, names in lower case.

    Raises:
        Trouble: ``fetch.bot_wall`` or ``fetch.consent_wall``.
    """
    wall = find_wall(body, url, headers, status=status)
    if wall is not None:
        raise Trouble(f"fetch.{wall.kind}", f"{url} answers {status} with {describe(wall)}", status=status)


def describe(wall: Wall) -> str:
    """Describe a wall for messages.

    >>> describe(Wall("bot_wall", "cloudflare", "title 'Just a moment...'"))
    "a bot wall (cloudflare, by title 'Just a moment...')"
    """
    return f"a {wall.kind.replace('_', ' ')} ({wall.vendor}, by {wall.mark})"


def _title(html: bytes) -> str:
    match = _TITLE.search(html, 0, 16_384)
    return " ".join(markup.unescape(match[1].decode("utf-8", "replace")).split()) if match else ""


def _bot_wall(
    html: bytes, lines: list[str], mark: re.Match[bytes] | None, named: str | None, title: str
) -> Wall | None:
    """Return the bot wall that a page without navigation is."""
    text = " ".join(lines)
    if len(text) > MOST_TEXT:
        return None
    words = _BOT_WORDS.search(text)
    if mark is not None:
        vendor = next(vendor for vendor, known in _BY_VENDOR.items() if known.match(html, mark.start()))
        if vendor != "captcha" or named or words or len(text) < 80:  # a contact form has a captcha too
            return Wall("bot_wall", vendor, f"mark {mark[0].decode('latin-1')!r}")
    if named is not None:
        return Wall("bot_wall", named, f"title {title!r}")
    if words is not None and len(text) <= MOST_WORDS_TEXT:
        return Wall("bot_wall", "generic", f"words {' '.join(words[0].split())[:80]!r}")
    return None
