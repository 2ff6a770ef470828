"""Outcomes of one input other than a result."""

import dataclasses
from typing import Any, NamedTuple

from schemas.articles import Article
from schemas.documents import Document, Link, Source
from schemas.trouble import LeftOut, Trouble


@dataclasses.dataclass(frozen=True, slots=True)
class ArticleRows:
    """An article and rows of other tables that were made from it.

    Attributes:
        article: the article.
        rows: records, each of a class that a table has.
    """

    article: Article
    rows: tuple[Any, ...] = ()


Subject = Source | Link | Document | Article | ArticleRows
"""What can fail: each knows where it came from."""


class Mishap(NamedTuple):
    """One record of many that failed or is left out, while the others go on.

    A function that gives many results yields it in the place of one.
    """

    subject: Subject
    why: Trouble | LeftOut
