"""Diagnosis of a feed: a few polite requests, and what is well and what is not."""

import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from schemas.documents import Retrieved, Source
from schemas.feeds import FeedState
from schemas.trouble import CODES, Trouble
from transforms.feeds.schedule import conditional_headers, decide_state
from transforms.sources.feed_entries import Feed, read_feed
from transforms.sources.recognize import HEAD_BYTES, recognize
from transforms.sources.sitemaps import read_sitemap
from transforms.subscriptions.discovery import feed_kind, find_feeds
from transforms.subscriptions.findings import (
    Finding,
    judge_charset,
    judge_conditions,
    judge_entries,
    judge_form,
    judge_links,
    judge_opt_outs,
    judge_redirects,
    judge_schedule,
    judge_type,
)
from transforms.web.client import FetchedPage
from transforms.web.polite_client import PoliteClient, fetch_source
from transforms.wording import plural, span

_MADE_UP = (("If-None-Match", '"newsmill-asks-whether-you-compare"'),)


class Diagnosis(NamedTuple):
    """The findings about one feed."""

    url: str
    findings: tuple[Finding, ...]
    next_due_at: datetime | None
    """When newsmill would poll it next."""

    @property
    def is_usable(self) -> bool:
        """Whether polling it gives articles."""
        return all(finding.level != "bad" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """The outcome in a few words."""
        if not self.is_usable:
            return "not usable"
        warnings = sum(finding.level == "warn" for finding in self.findings)
        return f"usable, {plural(warnings, 'warning')}" if warnings else "well"

    def describe(self) -> dict[str, Any]:
        """Describe the diagnosis as plain values by name."""
        return {
            "url": self.url,
            "is_usable": self.is_usable,
            "next_due_at": self.next_due_at,
            "findings": [finding._asdict() for finding in self.findings],
        }


def diagnose(web: PoliteClient, url: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Diagnosis:
    """Diagnose one feed by one request, a conditional second one, and after a 304 a third that must not give 304.

    Each keeps to robots.txt and to the pace of the host.

    Args:
        web: client that requests it.
        url: address of the feed.
        now: wall clock, for what is next due and how old entries are.
    """
    web.client.log.start()
    try:
        page = fetch_source(web, url)
    except Trouble as why:
        return _unreached(url, why, now())
    requests = [row for row in web.client.log.take() if row.purpose == "feed"]
    last = requests[-1] if requests else None
    robots = last.robots if last else None
    said = {"allowed": "allow it", "absent": "there are no rules", "ignored": "not requested, by --ignore_robots"}.get(
        robots or ""
    )
    words = said or "allow it"
    if last and last.crawl_delay_s:
        words += f"; Crawl-delay {span(last.crawl_delay_s)}"
    found = [Finding("ok", "robots", words), judge_redirects(page.response)]
    took = f" in {last.duration_ms:.0f} ms, {last.bytes_received:,} bytes as sent" if last else ""
    found.append(Finding("ok", "answer", f"{page.response.status}{took}, {len(page.body):,} bytes"))
    return _look_at(web, url, page, found, now())


def _unreached(url: str, why: Trouble, at: datetime) -> Diagnosis:
    topic = "robots" if why.code == "fetch.robots" else "answer"
    retrieved = Retrieved(
        source=Source(uri=url),
        code=why.code,
        message=why.message,
        status=why.status,
        retry_after_s=getattr(why, "retry_after_s", None),
        at=at,
    )
    state = decide_state(FeedState(feed_url=url), retrieved, None)
    finding = Finding("bad", topic, f"{why.code}: {why.message}", CODES[why.code])
    return Diagnosis(url, (finding,), state.next_due_at if state.status != "retired" else None)


def _look_at(web: PoliteClient, url: str, page: FetchedPage, found: list[Finding], at: datetime) -> Diagnosis:
    kind = feed_kind(page)
    if kind is None:
        return Diagnosis(url, (*found, _no_feed(page)), None)
    try:
        feed = _read(page, kind)
    except Trouble as why:
        return Diagnosis(url, (*found, Finding("bad", "form", why.message, CODES[why.code])), None)
    except Exception as error:  # feedparser raises what Python happens to raise
        words = f"the parser gave up: {type(error).__name__}: {error}"[:300]
        return Diagnosis(url, (*found, Finding("bad", "form", words, CODES["read.crash"])), None)
    retrieved = Retrieved(source=Source(uri=url), response=page.response, body=page.body, charset=page.charset, at=at)
    state = decide_state(FeedState(feed_url=url), retrieved, feed.hints)
    title = f"{kind}, {feed.title!r}" if feed.title else f"{kind}, without title"
    found += [
        Finding("ok", "feed", title),
        judge_type(page.response, kind),
        judge_charset(page.body, page.charset, kind),
        judge_form(page.body, feed),
        _ask_again(web, url, page, state),
        judge_schedule(dict(page.response.headers), feed.hints),
        *judge_links(page.response.url, feed.hints),
        *judge_opt_outs(page.response.headers),
        *judge_entries(feed.entries, at),
    ]
    return Diagnosis(url, tuple(found), state.next_due_at)


def _read(page: FetchedPage, kind: str) -> Feed:
    if kind == "sitemap":
        return read_sitemap(page.body, url=page.response.url)
    return read_feed(page.body, url=page.response.url, content_type=page.response.content_type, kind=kind)


def _no_feed(page: FetchedPage) -> Finding:
    kind = recognize(page.body[:HEAD_BYTES], content_type=page.response.content_type, name_hint=page.response.url)
    named = []
    if kind == "html":
        try:
            named = find_feeds(page.body, page.response.url)
        except Trouble:
            named = []
    if named:
        words = (
            f"a page, not a feed; it names {plural(len(named), 'feed')}: {', '.join(feed.url for feed in named[:5])}"
        )
        return Finding("bad", "feed", words, f"newsmill feeds check {shlex.quote(named[0].url)}")
    command = f"newsmill feeds add {shlex.quote(page.response.url)}"
    remedy = f"{command} looks where feeds often are" if kind == "html" else ""
    return Finding(
        "bad", "feed", f"not a feed but {'a page' if kind == 'html' else kind}", remedy or "find its address"
    )


def _ask_again(web: PoliteClient, url: str, page: FetchedPage, state: FeedState) -> Finding:
    validators = conditional_headers(state)
    if not validators:
        return judge_conditions((), None, None)
    try:
        second = fetch_source(web, url, headers=validators)
    except Trouble as why:
        return judge_conditions(validators, str(why), None)
    again = second.response.status, second.body == page.body
    if second.response.status != 304 or not state.etag:
        return judge_conditions(validators, again, None)
    try:
        return judge_conditions(validators, again, fetch_source(web, url, headers=_MADE_UP).response.status)
    except Trouble as why:
        return judge_conditions(validators, again, str(why))
