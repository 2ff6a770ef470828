"""The dates that a page states of its article: of publication, of its last change, and all candidates."""

import re
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from schemas.articles import DateCandidate
from transforms.articles.dates import parse_date
from transforms.articles.metadata_sources import Said, Sources
from transforms.articles.publication_dates import (
    MAX_DATES,
    Dated,
    choose_date,
    choose_published,
    correct_zone,
    date_of_url,
    list_candidates,
    without_dates_of_pages,
)

_CLOCK = re.compile(r"\d\d:\d\d")
_NO_CANDIDATES: tuple[DateCandidate, ...] = ()


class PageDates(NamedTuple):
    """The dates that a page states; ``candidates`` are all of publication, the most trusted first."""

    published: Dated | None
    modified: Dated | None
    candidates: tuple[DateCandidate, ...]


def read_dates(
    sources: Sources, said: Said, *, url: str | None, language: str | None, received: datetime | None
) -> PageDates:
    """Choose the dates of publication and change among those that a page states.

    Args:
        sources: notes what cannot be read.
        said: what each source says.
        url: address of the page, which may name its day.
        language: BCP 47 tag of the page.
        received: when the page was: dates more than a day after it are none. None when unknown.
    """
    ld, meta, micro, seen = said.ld, said.meta, said.micro, said.seen
    dates: list[tuple[str, str]] = sources.read("date_published", lambda: _list_dates(said, url), [])
    changes = [
        *_some(ld.modified, "json_ld"),
        *_some(meta.modified, "meta"),
        *_some(micro.modified, "meta"),
        *_some(seen.modified, "byline"),
    ]
    published = sources.read(
        "date_published",
        lambda: choose_published(without_dates_of_pages(dates, ld), language, received, changes=changes),
        None,
    )
    candidates = sources.read("date_published", lambda: list_candidates(dates, language), _NO_CANDIDATES)
    modified = sources.read("date_modified", lambda: choose_date(changes, language, received), None)
    modified = sources.read("date_modified", lambda: correct_zone(modified, published, dates), modified)
    return PageDates(published, modified, candidates)


def _some(dates: list[str], source: str) -> list[tuple[str, str]]:
    return [(raw, source) for raw in dates[:MAX_DATES]]


def _list_dates(said: Said, url: str | None) -> list[tuple[str, str]]:
    """Return what the page or its address states as its day or instant of publication, best source first."""
    ld, meta, micro, seen = said.ld, said.meta, said.micro, said.seen
    address = date_of_url(url)
    others = [*meta.published, *micro.published, *seen.times, *seen.dates]
    # A clock that is repeated by the time of creation is not of the zone that this one says.
    clocks = [_CLOCK.findall(raw)[:1] for raw in others[:MAX_DATES]]
    if ld.events:  # what readers see of the page is then the day of the event
        times = [raw for raw in seen.times if raw[:10] not in ld.events]
        dates = [
            raw for raw in seen.dates if (found := parse_date(raw)) is None or found.day.isoformat() not in ld.events
        ]
        seen = replace(seen, times=times, dates=dates)
    return [
        *_some(ld.published, "json_ld"),
        *_some(meta.published, "meta"),
        *_some(micro.published, "meta"),
        *_some(seen.times, "time"),
        *_some(seen.dates, "byline"),
        *_some(ld.created, "json_ld"),
        *_some([raw for raw in meta.created if _CLOCK.findall(raw)[:1] not in clocks], "meta"),
        *_some([address.raw] if address else [], "url"),
    ]
