"""How a failure or a left-out input becomes a row."""

import dataclasses
import json

from schemas import NEWSMILL_VERSION
from schemas.articles import Article, DeadLetter, Dropped
from schemas.documents import ARCHIVES, Document, Link, Origin, Source
from schemas.outcomes import ArticleRows, Subject
from schemas.record import json_date, row
from schemas.trouble import LeftOut, Trouble
from transforms.identity import digest, entry_hash, link_id
from transforms.urls import host_of


def bare(subject: Subject) -> Source | Link | Document | Article:
    """A subject without the rows that were made from it."""
    return subject.article if isinstance(subject, ArticleRows) else subject


def origin_of(subject: Subject) -> Origin:
    """Where a subject came from."""
    subject = bare(subject)
    if isinstance(subject, Source):
        return subject.listed_in or Origin(uri=subject.uri, kind="unknown", tags=subject.tags)
    if isinstance(subject, Article):
        return Origin(
            uri=subject.source_uri, kind=subject.source_kind, position=subject.source_position, tags=subject.tags
        )
    return subject.origin


def url_of(subject: Subject) -> str | None:
    """Address of a subject, if it has one."""
    subject = bare(subject)
    if isinstance(subject, Source):
        return subject.uri if "://" in subject.uri else None
    return subject.url


def replay_json(subject: Subject) -> str:
    """The element to feed back, as ``{"record": name, "value": {…}}``, without page bytes.

    A fetched page goes back as the Link it came from; what came out of a file goes back as that Source, narrowed
    down to the one position where the file holds many.
    """
    again = subject = bare(subject)
    if isinstance(subject, Source) and subject.feed is not None:
        again = dataclasses.replace(subject, feed=None)  # read once, whatever its state is by then
    if isinstance(subject, Document):
        is_fetched = subject.response is not None and subject.origin.kind not in ARCHIVES
        if is_fetched and subject.response is not None and subject.url is not None:
            first = (*subject.response.redirects, subject.response.url)[0]
            again = Link(url=first, origin=subject.origin, entry=subject.entry)
        elif subject.media == "entry" and subject.url is not None:
            again = Link(url=subject.url, origin=subject.origin, entry=subject.entry)
        else:
            at = subject.origin.position
            last = None if at is None else at + 1
            again = Source(uri=subject.origin.uri, tags=subject.origin.tags, first=at or 0, last=last)
    return json.dumps({"record": type(again).__name__, "value": row(again)}, default=json_date, ensure_ascii=False)


def make_dead_letter(subject: Subject, stage: str, trouble: Trouble, trace: str | None = None) -> DeadLetter:
    """The stored form of one failure; a pure function of what failed and why."""
    origin, url = origin_of(subject), url_of(subject)
    host = host_of(url) or None
    return DeadLetter(
        letter_id=digest(stage, trouble.code, url or "", origin.uri, str(origin.position)),
        stage=stage,
        code=trouble.code,
        message=trouble.message,
        traceback=trace,
        url=url,
        host=host,
        http_status=trouble.status,
        source_uri=origin.uri,
        source_kind=origin.kind,
        source_position=origin.position,
        replay_json=replay_json(subject),
        newsmill_version=NEWSMILL_VERSION,
    )


def make_dropped(subject: Subject, stage: str, why: LeftOut, *, duplicate_of: str | None = None) -> Dropped:
    """The stored form of one input that is left out on purpose."""
    subject, origin = bare(subject), origin_of(subject)
    entry = subject.entry if isinstance(subject, Link | Document) else None
    article = subject if isinstance(subject, Article) else None
    return Dropped(
        outcome="filtered" if duplicate_of is None else "duplicate",
        stage=stage,
        reason=why.reason,
        message=why.message,
        article_id=article.article_id if article else None,
        duplicate_of=duplicate_of,
        url=url_of(subject),
        link_id=article.link_id if article else link_id(url_of(subject), entry),
        entry_hash=article.entry_hash if article else entry_hash(entry),
        headline=article.headline if article else (entry.title if entry else None),
        source_uri=origin.uri,
        source_kind=origin.kind,
        source_position=origin.position,
        newsmill_version=NEWSMILL_VERSION,
    )
