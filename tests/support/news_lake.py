"""A lake with something to ask about: the seeds, and a second commit with what they lack."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.cli import main
from schemas.articles import Article, DateCandidate, Replay
from schemas.feeds import FeedState, Request
from schemas.record import from_row
from tests.support.commits import commit_rows, dead_letter
from tests.support.samples import make_article
from transforms.identity import content_hash, version_id
from transforms.lake.read import open_table

AT = datetime(2026, 3, 20, 6, tzinfo=UTC)
REVISED_URL = "https://www.harbourtimes.example/labour/dockers-end-strike"
"""The seed that has a second version."""

_FEEDS = (
    ("https://www.harbourtimes.example/feed.xml", "ok", None),
    ("https://cityjournal.example/feed.json", "ok", None),
    ("https://valleypost.example/rss", "failing", "fetch.timeout"),
    ("https://gone.example/rss", "retired", "fetch.http_410"),
)


def make_news_lake(output: Path) -> Path:
    """Run the main job on the seeds, from the root of the checkout, and commit what they lack.

    Returns:
        The output: 64 articles in commit 1; in commit 2 a second version, two copies of one text, and rows of all the
        other tables.
    """
    assert main(["run", "--input", "seeds", "--output", str(output), "--fetch", "never", "--quiet"]) == 0
    rows = open_table(str(output), "articles").to_table().to_pylist()
    articles = {article.url: article for article in (from_row(Article, row) for row in rows)}
    letters = [dead_letter(n, host=f"site{n % 3}.example") for n in range(5)]
    replays = [Replay(letter_id=letters[0].letter_id, outcome="article", attempts=2, newsmill_version="0")]
    commit_rows(
        output,
        "r2",
        [*_later_articles(articles), *letters, *replays, *_feeds(), *_requests()],
        day=AT.date(),
    )
    return output


def _later_articles(articles: dict[str | None, Article]) -> list[Article]:
    first = articles[REVISED_URL]
    assert first.date_published is not None
    text = f"{first.text}\nThe union confirmed the result on Friday."
    headline = f"{first.headline}, union confirms"
    content = content_hash(headline, text)
    revised = dataclasses.replace(
        first,
        version=2,
        headline=headline,
        text=text,
        word_count=len(text.split()),
        content_hash=content,
        version_id=version_id(first.article_id, content),
        fetched_at=first.date_published + timedelta(hours=5),
        date_modified=first.date_published + timedelta(hours=4),
        date_candidates=(
            DateCandidate(source="feed", raw="", instant=first.date_published),
            DateCandidate(source="url", raw="2026/03/01", instant=datetime(2026, 3, 1, tzinfo=UTC)),
        ),
    )
    copies = [
        dataclasses.replace(
            made,
            version_id=version_id(made.article_id, made.content_hash),
            publisher_domain=host,
            date_published=AT - timedelta(hours=6),
            published_date=(AT - timedelta(hours=6)).date(),
            fetched_at=AT - timedelta(hours=6) + timedelta(minutes=delay_minutes),
            is_accessible_for_free=is_free,
            ai_opt_out=not is_free,
            tdm_reservation=not is_free,
        )
        for host, delay_minutes, is_free in (("copy.example", 20, False), ("mirror.example", 40, True))
        for made in [make_article(url=f"https://{host}/pier", headline=f"Pier: {host}")]
    ]
    return [revised, *copies]


def _feeds() -> list[FeedState]:
    return [
        FeedState(
            feed_url=url,
            status=status,
            poll_count=10,
            polled_at=AT,
            interval_s=1800,
            entry_count=20,
            new_count=number,
            failure_count=3 if code else 0,
            last_code=code,
            last_message="no answer" if code else None,
        )
        for number, (url, status, code) in enumerate(_FEEDS)
    ]


def _requests() -> list[Request]:
    """Requests to two hosts: to one with pauses of 2 s, to the other with one pause that is too short."""
    found = []
    for host, pauses in (("www.harbourtimes.example", (0.0, 2.0, 2.0)), ("valleypost.example", (0.0, 2.0, 0.25, 2.0))):
        at = AT
        for number, pause in enumerate(pauses):
            at += timedelta(seconds=pause)
            ended = at + timedelta(seconds=0.5)
            found.append(
                Request(
                    url=f"https://{host}/{number}",
                    host=host,
                    purpose="robots" if number == 0 else "page",
                    started_at=at,
                    ended_at=ended,
                    duration_ms=500.0,
                    status=429 if pause == 0.25 else 200,
                    code="fetch.http_429" if pause == 0.25 else None,
                    bytes_received=10_000,
                    delay_s=1.0 if number else 0.0,
                )
            )
            at = ended
    return found
