"""The entry of a feed, as far as the row of its article still tells."""

import html

from schemas.articles import Article
from schemas.documents import FEEDS, Entry
from transforms.identity import told_by_of


def stored_entry(article: Article) -> Entry | None:
    """What a feed said of an article, out of the columns that it may have filled; None where there was no feed.

    What the page says of itself stands in some of these columns, since it won over the entry when the row was made. A
    date of publication is taken only where the row names the feed as its source.
    """
    ids = (article.feed_url, article.feed_title, article.feed_entry_id)
    if article.source_kind not in FEEDS and not any(each is not None for each in ids):
        return None
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in article.text.split("\n"))
    return Entry(
        url=article.url,
        entry_id=article.feed_entry_id,
        title=article.headline,
        summary_html=paragraphs if article.text_source == "feed_summary" else None,
        content_html=paragraphs if article.text_source == "feed_content" else None,
        authors=tuple(author.name for author in article.authors),
        published_raw=article.date_published_raw if article.date_published_source == "feed" else None,
        modified_raw=article.date_modified_raw,
        categories=article.keywords,
        image_url=article.image_url,
        language=article.in_language_declared,
        license=article.license,
        feed_url=article.feed_url,
        feed_title=article.feed_title,
        told_by=told_by_of(article.id_scheme, has_url=article.url is not None),
    )
