"""What the headers and meta tags of a page reserve, and whether that forbids its use."""

import dataclasses
import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from schemas.articles import Article
from schemas.documents import Document
from schemas.trouble import Trouble
from transforms.articles.pages import parse_page
from transforms.articles.policy import AGENT
from transforms.urls import join_url

MAX_META = 2_000
"""How many meta tags are read at most."""

MAX_DIRECTIVES = 50
"""Most directives that are kept; real pages have a handful."""

MAX_LINES = 100
"""How many headers and tags with directives are read at most; real pages have one or two."""

_MAX_VALUE = 5_000
_MAX_ADDRESS = 2_000
_NO_AI = frozenset({"noai", "disallowaitraining"})
_AI = frozenset({"allowaitraining"})
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after", "unavailable-after"})
_ADDRESSED = re.compile(r"(?P<name>[a-z][a-z0-9_-]{0,60}|\*)\s*:\s*(?P<rest>.*)", re.DOTALL)
_DATE_GOES_ON = re.compile(r"\d{1,2}[ -]")


class Rights(NamedTuple):
    """What a page and its headers reserve; fields as Article has them."""

    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    robots_directives: tuple[str, ...] = ()
    ai_opt_out: bool | None = None


def split_directives(value: str, *, agent: str = AGENT) -> list[str]:
    """Return the directives in a robots meta tag or a line of X-Robots-Tag that are meant for one robot, lower case.

    A name and a colon before directives address them to that robot, up to the next such name; what is addressed to
    no robot is meant for all (https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag). A date
    may hold commas.

    Args:
        value: as sent.
        agent: name of the robot, lower case.

    >>> split_directives("noindex, otherbot: noarchive, nofollow, newsmill: max-snippet: 20")
    ['noindex', 'max-snippet:20']
    >>> split_directives("unavailable_after: Sat, 25 Aug 2029 15:00:00 GMT, noai")
    ['unavailable_after:sat, 25 aug 2029 15:00:00 gmt', 'noai']
    """
    found: list[str] = []
    is_meant = True
    for token in " ".join(value[:_MAX_VALUE].lower().split()).split(","):
        rule = token.strip()
        if found and found[-1].startswith("unavailable") and _DATE_GOES_ON.match(rule):
            found[-1] += f", {rule}"
            continue
        match = _ADDRESSED.fullmatch(rule)
        if match is not None and match["name"] not in _VALUED:
            is_meant = match["name"] in ("*", "robots", agent)
            rule = match["rest"].strip()
            match = _ADDRESSED.fullmatch(rule)
        if rule and is_meant:
            found.append(f"{match['name']}:{match['rest'].strip()}" if match is not None else rule)
    return found


def decide_rights(
    metas: Iterable[tuple[str, str]], headers: Iterable[tuple[str, str]], *, url: str | None = None, agent: str = AGENT
) -> Rights:
    """Decide what is reserved, out of names and values of meta tags and headers.

    TDMRep (https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/): 1 reserves, 0 does not, anything
    else is as if nothing were said; what the page says overrides its headers. A site's /.well-known/tdmrep.json is
    not requested. Robots directives are those for all robots and for ``agent``: of X-Robots-Tag first, then of the
    page. An opt-out of AI is ``noai``, ``DisallowAITraining`` (draft-canel-robots-ai-control, as a directive or a
    header) or a TDM reservation; ``noimageai`` speaks of pictures, which are not fetched.

    Args:
        metas: names in lower case.
        headers: of the answer, names in lower case.
        url: address of the page, which a policy may be relative to.
        agent: name of the robot, lower case.

    >>> decide_rights([("robots", "index, noai")], [("tdm-reservation", "0")])
    Rights(tdm_reservation=False, tdm_policy=None, robots_directives=('index', 'noai'), ai_opt_out=True)
    """
    reservation: bool | None = None
    policy: str | None = None
    directives: list[str] = []
    lines = 0
    said = [*((name, value, "x-robots-tag") for name, value in headers), *((*pair, "robots") for pair in metas)]
    for name, value, robots in said:
        if name == "tdm-reservation":
            reservation = {"1": True, "0": False}.get(value.strip(), reservation)
        elif name == "tdm-policy":
            policy = _address(value, url) or policy
        elif name == robots or (robots == "robots" and name == agent):
            lines += 1
            directives += split_directives(value, agent=agent) if lines <= MAX_LINES else []
        elif name in ("disallowaitraining", "allowaitraining") and robots == "x-robots-tag":
            directives.append(name)
    rules = tuple(dict.fromkeys(rule[:200] for rule in directives[:1_000]))[:MAX_DIRECTIVES]
    opt_out = True if reservation or _NO_AI & set(rules) else None
    if opt_out is None and (reservation is False or _AI & set(rules)):
        opt_out = False
    return Rights(reservation, policy, rules, opt_out)


def read_rights(
    elements: Iterable[HtmlElement], headers: Iterable[tuple[str, str]], *, url: str | None = None, agent: str = AGENT
) -> Rights:
    """Read what a page and its headers reserve.

    Args:
        elements: the ``<meta>`` of the page.
        headers: of the answer, names in lower case.
        url: address of the page.
        agent: name of the robot, lower case.
    """
    metas = []
    for element in islice(elements, MAX_META):
        name = (element.get("name") or element.get("property") or element.get("http-equiv") or "")[:100].strip().lower()
        if name == "x-robots-tag":  # http-equiv, or a common slip
            name = "robots"
        if name in ("robots", agent, "tdm-reservation", "tdm-policy"):
            metas.append((name, (element.get("content") or "")[:_MAX_VALUE]))
    return decide_rights(metas, headers, url=url, agent=agent)


def rights_reserved(article: Article | Rights) -> str | None:
    """Return why an article may not be used where opt-outs are respected; None where it may.

    A TDM reservation or an opt-out of AI, whatever the policy would allow. Directives for search engines (noindex,
    noarchive, nosnippet) do not count: they stand in ``robots_directives`` for those who show the text.

    >>> rights_reserved(Rights(tdm_reservation=True, ai_opt_out=True)), rights_reserved(Rights(ai_opt_out=False))
    ('tdm-reservation: 1', None)
    """
    if article.tdm_reservation:
        return "tdm-reservation: 1" + (f", policy {article.tdm_policy}" if article.tdm_policy else "")
    if article.ai_opt_out:
        return f"robots: {', '.join(rule for rule in article.robots_directives if rule in _NO_AI)}"
    return None


def reservation_of(document: Document, *, agent: str = AGENT) -> str | None:
    """Return why a fetched page may not be kept where opt-outs are respected; None where it may. Parses the page.

    For what keeps pages before they are extracted; what cannot be read is judged by its headers.
    """
    metas: Iterable[HtmlElement] = ()
    if document.media == "html":
        try:
            metas = parse_page(document.body, charset=document.charset).iter("meta")
        except Trouble:
            metas = ()
    headers = document.response.headers if document.response else ()
    return rights_reserved(read_rights(metas, headers, url=document.url, agent=agent))


def without_reserved_exchanges(document: Document, agent: str) -> Document:
    """Return the document without its exchanges, which would be archived, where its publisher reserves its use."""
    response = document.response
    if response is None or not response.exchanges or reservation_of(document, agent=agent) is None:
        return document
    return dataclasses.replace(document, response=dataclasses.replace(response, exchanges=()))


def _address(value: str, url: str | None) -> str | None:
    found = join_url(url, value[: _MAX_ADDRESS + 1].strip())
    return found if found and found.startswith(("https://", "http://")) and len(found) <= _MAX_ADDRESS else None
