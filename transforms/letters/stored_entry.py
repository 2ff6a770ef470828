"""What a stored article still tells of what its feed said of it."""

import dataclasses
import html

from schemas.articles import Article
from schemas.documents import FEEDS, Entry
from transforms.identity import told_by_of


def stored_entry(article: Article, *, is_read_again: bool = False) -> Entry | None:
    """The entry of an article, as far as its columns hold it; None where it did not come from a feed.

    Where a page was fetched, it is not known which of the two said what: only what is the feed's for certain counts.
    But if the same page is read again, all may count: what the page says of itself wins over it, as it won before.

    Args:
        is_read_again: the page that was fetched is read again along with the entry.
    """
    if article.source_kind not in FEEDS and all(
        value is None for value in (article.feed_url, article.feed_title, article.feed_entry_id)
    ):
        return None
    source = article.date_published_source
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in article.text.split("\n"))
    certain = Entry(
        url=article.url_requested or article.url,
        entry_id=article.feed_entry_id,
        summary_html=paragraphs if article.text_source == "feed_summary" else None,
        content_html=paragraphs if article.text_source == "feed_content" else None,
        published_raw=article.date_published_raw if source == "feed" else None,
        modified_raw=article.date_published_raw if source == "feed_updated" else None,
        feed_url=article.feed_url,
        feed_title=article.feed_title,
        told_by=told_by_of(article.id_scheme, has_url=article.url is not None),
    )
    if article.fetched_at is not None and not is_read_again:
        return certain
    return dataclasses.replace(
        certain,
        url=article.url,
        title=article.headline,
        authors=tuple(author.name for author in article.authors),
        modified_raw=article.date_modified_raw or certain.modified_raw,
        categories=article.keywords,
        image_url=article.image_url,
        language=article.in_language_declared,
        license=article.license,
    )
