"""Outcomes of one input other than a result."""

from typing import NamedTuple

from schemas.articles import Article
from schemas.documents import Document, Link, Source
from schemas.trouble import LeftOut, Trouble

Subject = Source | Link | Document | Article
"""What can fail: each knows where it came from."""


class Mishap(NamedTuple):
    """One record of many that failed or is left out, while the others go on.

    A function that gives many results yields it in the place of one.
    """

    subject: Subject
    why: Trouble | LeftOut
