"""Columns that have one of a few values: what these are, and how a sentence names them."""

from collections.abc import Sequence

PAGE_TYPES = (
    "article", "live_blog", "gallery", "video", "audio", "index", "profile", "product", "forum", "listing",
)  # fmt: skip
"""Types of pages, as docs/page-types.md explains them. Errors and walls are dead letters and have codes."""

BLOCK_KINDS = ("paragraph", "heading", "list_item", "quote", "table_row", "caption", "preformatted")
"""Kinds of blocks. The model that tells the article from the rest counts them: a new one comes last."""


def any_of(values: Sequence[str]) -> str:
    """Return values for a sentence.

    >>> any_of(("new", "ok", "failing"))
    "'new', 'ok' or 'failing'"
    """
    *others, last = map(repr, values)
    return f"{', '.join(others)} or {last}" if others else last
