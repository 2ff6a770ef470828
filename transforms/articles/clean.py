"""The text of an article without what is not part of it, for callers that want no account of it."""

from collections.abc import Iterable

from transforms.articles.cleaning.clean import Context, clean, text_to_blocks
from transforms.articles.folding import letters, tidy_line, tidy_text

__all__ = ["clean_text", "letters", "tidy_line", "tidy_text"]


def clean_text(text: str, *, titles: Iterable[str | None] = (), names: Iterable[str] = ()) -> str:
    """Return the text that :func:`transforms.articles.cleaning.clean.clean` keeps of lines."""
    return clean(text_to_blocks(text), Context(titles=tuple(titles), names=tuple(names))).text
