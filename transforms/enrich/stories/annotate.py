"""The sketch of a text, as columns of its article."""

from schemas.articles import Article
from schemas.record import replace
from transforms.enrich.stories.sketch import MODEL, sketch


def sketch_text(article: Article) -> Article:
    """Set ``text_sketch`` and ``story_model`` of an article."""
    return replace(article, text_sketch=sketch(article.text), story_model=MODEL)
