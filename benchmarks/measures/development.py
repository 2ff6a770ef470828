"""Articles of the development pages, as newsmill reads them."""

import functools
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measures.pages import ARTICLES, DATA, read_pages, sets_of
from schemas.articles import Article
from schemas.documents import Document, Origin
from schemas.trouble import LeftOut, Trouble
from transforms.articles.read import read_document
from transforms.enrich.languages.identify import identify_language


@functools.cache
def read_articles(count: int, *, sets: Sequence[str] = ARTICLES, data: Path = DATA) -> tuple[Article, ...]:
    """Read articles of the sets in turn, with their languages; none where the sets are not there.

    Args:
        count: how many.
        sets: names of sets.
        data: directory of the sets.
    """
    found: list[Article] = []
    pages = [list(read_pages(data, name)) for name in sets_of(data, sets)]
    for number in range(max(map(len, pages), default=0)):
        for page in (some[number] for some in pages if number < len(some)):
            origin = Origin(uri=f"{page.set}/{page.name}", kind="html")
            try:
                article = read_document(Document(media="html", origin=origin, body=page.body, url=page.url))
            except (Trouble, LeftOut):
                continue
            found.append(identify_language(article))
            if len(found) == count:
                return tuple(found)
    return tuple(found)
