"""How a failure or a left-out input becomes a row."""

from schemas import NEWSMILL_VERSION
from schemas.articles import Article, DeadLetter, Dropped
from schemas.documents import Document, Link, Source
from schemas.outcomes import Subject
from schemas.trouble import LeftOut, Trouble
from transforms.identity import digest, document_link_id, entry_hash, link_id
from transforms.letters.replay_element import bare, origin_of, replay_json
from transforms.urls import host_of


def url_of(subject: Subject) -> str | None:
    """Address of a subject, if it has one."""
    subject = bare(subject)
    if isinstance(subject, Source):
        return subject.uri if "://" in subject.uri else None
    return subject.url


def make_dead_letter(subject: Subject, stage: str, trouble: Trouble, trace: str | None = None) -> DeadLetter:
    """Return the stored form of one failure; a pure function of what failed and why."""
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
        replay_of=origin.replay_of,
        newsmill_version=NEWSMILL_VERSION,
    )


def make_dropped(subject: Subject, stage: str, why: LeftOut, *, duplicate_of: str | None = None) -> Dropped:
    """Return the stored form of one input that is left out on purpose."""
    subject, origin = bare(subject), origin_of(subject)
    entry = subject.entry if isinstance(subject, Link | Document) else None
    article = subject if isinstance(subject, Article) else None
    asked = document_link_id(subject) if isinstance(subject, Document) else link_id(url_of(subject), entry)
    return Dropped(
        outcome="filtered" if duplicate_of is None else "duplicate",
        stage=stage,
        reason=why.reason,
        message=why.message,
        page_type=why.page_type,
        article_id=article.article_id if article else None,
        duplicate_of=duplicate_of,
        url=url_of(subject),
        link_id=article.link_id if article else asked,
        entry_hash=article.entry_hash if article else entry_hash(entry),
        headline=article.headline if article else (entry.title if entry else None),
        source_uri=origin.uri,
        source_kind=origin.kind,
        source_position=origin.position,
        replay_of=origin.replay_of,
        newsmill_version=NEWSMILL_VERSION,
    )
