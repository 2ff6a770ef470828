"""Findings of a diagnosis, in words: what the server of a feed answered and what the feed holds."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from lxml import etree

from schemas.documents import Entry, Response
from schemas.feeds import FeedHints
from transforms.articles.date_words import WEEKDAYS
from transforms.articles.dates import ParsedDate, parse_date
from transforms.sources.feed_entries import Feed
from transforms.wording import ago, plural, span

LEVELS = ("ok", "note", "warn", "bad")
"""Well; worth knowing; costs or loses something; makes the feed unusable."""


class Finding(NamedTuple):
    """One aspect of a feed, and how it is."""

    level: str
    topic: str
    words: str
    remedy: str = ""


_TYPES = {
    "rss": ("application/rss+xml", "application/xml", "text/xml", "application/rdf+xml"),
    "atom": ("application/atom+xml", "application/xml", "text/xml"),
    "cdf": ("application/x-cdf", "application/xml", "text/xml"),
    "json_feed": ("application/feed+json", "application/json"),
    "sitemap": ("application/xml", "text/xml"),
}
_XML_CHARSET = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_FUTURE = timedelta(days=1)
_DATE_FORMAT = "use RFC 822 in RSS (Fri, 20 Mar 2026 08:00:00 +0000), and RFC 3339 elsewhere (2026-03-20T08:00:00Z)"


def judge_redirects(response: Response) -> Finding:
    """Judge whether the address is still the right one."""
    if not response.redirects:
        return Finding("ok", "redirects", "none")
    count = plural(len(response.redirects), "redirect")
    if response.moved_to:
        remedy = f"subscribe to {response.moved_to}; newsmill does so itself once it has seen it confirmed"
        return Finding("warn", "redirects", f"{count}, permanent, to {response.moved_to}", remedy)
    return Finding("note", "redirects", f"{count}, not permanent, to {response.url}: followed at each poll")


def judge_type(response: Response, kind: str) -> Finding:
    """Compare the declared type of the feed with its kind."""
    declared = (response.content_type or "").partition(";")[0].strip().lower()
    if declared in _TYPES.get(kind, ()):
        return Finding("ok", "type", f"{kind}, declared as {declared}")
    said = f"declared as {declared}" if declared else "sent without Content-Type"
    right = _TYPES.get(kind, ("application/xml",))[0]
    return Finding("note", "type", f"{kind}, but {said}: newsmill goes by the content", f"serve it as {right}")


def judge_charset(body: bytes, declared: str | None, kind: str) -> Finding:
    """Judge whether header, XML declaration and bytes agree."""
    inside = _XML_CHARSET.match(body.lstrip(b"\xef\xbb\xbf \t\r\n")[:200])
    named = inside.group(1).decode("ascii") if inside else None
    name = declared or named or "utf-8"
    try:
        real = codecs.lookup(name).name
        body.decode(real)
    except LookupError:
        return Finding("warn", "charset", f"{name!r} is not a charset", "say utf-8 in header and XML declaration")
    except UnicodeDecodeError as error:
        words = f"{name}, but byte {error.start:,} is not valid in it: letters may be wrong"
        return Finding("warn", "charset", words, "send what is declared, best utf-8")
    if declared and named and kind != "json_feed" and codecs.lookup(declared).name != _known_charset(named):
        words = f"{declared} by the header, {named} by the XML declaration: the header counts (RFC 7303)"
        return Finding("note", "charset", words, "let both say the same")
    where = "declared by the header" if declared else "declared in the XML" if named else "the default"
    return Finding("ok", "charset", f"{name} ({where})")


def _known_charset(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def judge_form(body: bytes, feed: Feed) -> Finding:
    """Judge whether the feed is well-formed, and what was lost where it is not."""
    lost = f"; lost: {plural(len(feed.lost), 'entry', 'entries')} ({feed.lost[0]})" if feed.lost else ""
    if feed.kind != "json_feed":
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            etree.fromstring(body.lstrip(), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            words = f"not well-formed XML: {' '.join(str(error).split())[:200]}; read nevertheless{lost}"
            return Finding("warn", "form", words, "repair it: other readers refuse the whole feed")
    if lost:
        return Finding("warn", "form", f"well-formed{lost}", "repair those entries")
    return Finding("ok", "form", "well-formed")


def judge_conditions(
    validators: Iterable[tuple[str, str]], again: tuple[int, bool] | str | None, made_up: int | str | None
) -> Finding:
    """Judge whether polling costs next to nothing while nothing changes.

    Args:
        validators: headers that were sent with the second request; empty where the first answer had none.
        again: its status, and whether its body was the same; or why it failed.
        made_up: status of the request with an ETag that the server never gave; None where it was not made.
    """
    names = " and ".join(
        {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}[name] for name, _ in validators
    )
    if not names:
        words = "neither ETag nor Last-Modified: each poll transfers all of it"
        return Finding("warn", "conditions", words, "have the server send an ETag; newsmill compares hashes until then")
    if isinstance(again, str) or again is None:
        return Finding("warn", "conditions", f"{names} sent, but the second request failed: {again}")
    status, is_same = again
    if status == 304 and made_up == 304:
        words = f"{names} sent, but an ETag that the server never sent is answered by 304, too: it hides what is new"
        return Finding("warn", "conditions", words, "newsmill requests all of it at times; repair the cache in front")
    if status == 304:
        return Finding("ok", "conditions", f"{names} sent, and 304 answered when nothing had changed")
    if is_same:
        words = f"{names} sent, but all of it was sent again although nothing had changed"
        return Finding("warn", "conditions", words, "have the server compare; newsmill compares hashes until then")
    words = f"{names} sent; the second answer differed, so either it changed just now or it is made anew each time"
    return Finding("note", "conditions", words, "leave times of generation out of the feed")


def judge_schedule(headers: Mapping[str, str], hints: FeedHints) -> Finding:
    """List what server and feed declare of the next poll."""
    said = [
        f"{name}: {headers[name]}" for name in ("cache-control", "expires", "age", "retry-after") if name in headers
    ]
    if hints.ttl_s:
        said.append(f"ttl {span(hints.ttl_s)}")
    if hints.update_interval_s:
        said.append(f"sy:update each {span(hints.update_interval_s)}")
    if hints.skip_hours:
        said.append(f"not at {', '.join(map(str, hints.skip_hours))} h UTC")
    if hints.skip_days:
        said.append(f"not on {', '.join(WEEKDAYS[day].capitalize() for day in hints.skip_days)}")
    return Finding(
        "ok" if said else "note", "schedule", "; ".join(said) or "nothing declared: newsmill learns the rate"
    )


def judge_links(url: str, hints: FeedHints) -> list[Finding]:
    """List hub and own address."""
    found = [Finding("note", "hub", f"{hints.hub_url} (recorded; newsmill polls)")] if hints.hub_url else []
    if hints.self_url and hints.self_url.rstrip("/") != url.rstrip("/"):
        found.append(
            Finding("note", "self", f"gives {hints.self_url} as its address", "compare the two; subscribe to one")
        )
    return found


def judge_opt_outs(headers: Iterable[tuple[str, str]]) -> list[Finding]:
    """List what the publisher declares for robots and mining; it becomes columns of the rows."""
    wanted = [
        f"{name}: {value}" for name, value in headers if name in ("x-robots-tag", "tdm-reservation", "tdm-policy")
    ]
    return (
        [Finding("note", "rights", "; ".join(wanted), "keep to it: it is stored with each article")] if wanted else []
    )


def judge_entries(entries: tuple[Entry, ...], now: datetime) -> list[Finding]:
    """Judge whether each entry has what makes a good article of it."""
    if not entries:
        return [Finding("warn", "entries", "none", "wait, or look whether the site has another feed")]
    count = len(entries)
    links = sum(entry.url is not None for entry in entries)
    full = sum(entry.content_html is not None for entry in entries)
    short = sum(entry.content_html is None and entry.summary_html is not None for entry in entries)
    usable = sum(bool(entry.url or entry.content_html or entry.summary_html) for entry in entries)
    words = f"{count:,}; {links:,} with link, {full:,} with content, {short:,} with a summary only"
    words += f", {sum(bool(entry.authors) for entry in entries):,} with authors"
    level = "ok" if usable == count else "warn" if usable else "bad"
    remedy = (
        ""
        if usable == count
        else "give each entry a link: without it and without content it does not become an article"
    )
    found = [Finding(level, "entries", words, remedy), *_judge_dates(entries, now)]
    ids = Counter(entry.entry_id for entry in entries if entry.entry_id)
    twice = [name for name, number in ids.items() if number > 1]
    if twice:
        words = f"{plural(len(twice), 'guid')} of several entries, such as {twice[0][:100]!r}"
        found.append(Finding("warn", "guids", words, "give each entry a guid of its own; newsmill goes by links"))
    return found


def _judge_dates(entries: tuple[Entry, ...], now: datetime) -> list[Finding]:
    raws = [raw for entry in entries if (raw := entry.published_raw or entry.modified_raw)]
    parsed = [(raw, parse_date(raw)) for raw in raws]
    read = [date for _, date in parsed if date is not None]
    unread = [raw for raw, date in parsed if date is None]
    zoneless = [raw for raw, date in parsed if date and date.precision == "day" and _CLOCK.search(raw)]
    found = []
    if len(raws) < len(entries):
        words = f"{plural(len(entries) - len(raws), 'entry', 'entries')} without date"
        found.append(Finding("note", "dates", words, "dates are then looked for in the pages"))
    if zoneless:
        words = f"{len(zoneless):,} without zone, such as {zoneless[0]!r}: of these only the day is used"
        found.append(Finding("warn", "dates", words, "add the zone, like +01:00"))
    if unread:
        found.append(
            Finding("warn", "dates", f"{len(unread):,} not readable, such as {unread[0][:60]!r}", _DATE_FORMAT)
        )
    if read:
        found.append(_judge_range(read, now))
    return found


def _judge_range(read: list[ParsedDate], now: datetime) -> Finding:
    newest, oldest = max(date.at for date in read), min(date.at for date in read)
    words = f"newest {newest:%Y-%m-%d %H:%M} UTC ({ago(now - newest)}), oldest {oldest:%Y-%m-%d}"
    if newest - now > _FUTURE:
        return Finding("warn", "range", words, "the newest is in the future: check the server's clock")
    if now - newest > timedelta(days=365):
        return Finding("warn", "range", words, "nothing for a year: look for the feed that replaced it")
    return Finding("ok", "range", words)
