"""Rows of any table, made from the types of its columns and from what it declares."""

import dataclasses
import json
import types
import typing
from datetime import UTC, date, datetime
from typing import Any

from schemas.articles import Article
from schemas.record import hints
from schemas.tables import ARTICLES, Follows, Keeps, Table
from transforms.identity import digest

AT = datetime(2026, 1, 2, 3, tzinfo=UTC)


def make_row(table: Table, article: Article, *, number: int = 0, words: str = "plain") -> Any:
    """A row of a table that belongs to an article, or names it, in every column that is declared to.

    Args:
        number: rows of different numbers have different keys.
        words: what stands in every other text of a row that does not stay when the article is taken down.
    """
    if table is ARTICLES:
        parts = {name: _value(hint, words, number) for name, hint in hints(Article).items() if _is_parts(hint)}
        return dataclasses.replace(article, **parts, redirects=(str(article.url),), byline=words)
    text = "plain" if isinstance(table.takedown, Keeps) else words
    values = {name: _value(hint, text, number) for name, hint in hints(table.record).items()}
    values[table.order[0]] = key_of(table.name, article, number)
    for rule in table.takedown_rules:
        if isinstance(rule, Follows):
            values[rule.column] = key_of(rule.of, article, number)
            continue
        values |= dict.fromkeys(rule.ids, article.article_id)
        values |= dict.fromkeys(rule.links, article.link_id)
        values |= dict.fromkeys((*rule.addresses, *rule.requests), article.url)
        values |= dict.fromkeys(rule.via, (article.url,))
        values |= dict.fromkeys(rule.inside, json.dumps({"value": {"url": article.url, "title": text}}))
    return table.record(**values)


def key_of(table: str, article: Article, number: int) -> str:
    """The first column of the key of a row, the same for whatever refers to it."""
    return article.article_id if table == ARTICLES.name else digest(table, article.article_id, str(number))


def _is_parts(hint: Any) -> bool:
    """Return whether a column is a list of records."""
    return typing.get_origin(hint) is tuple and dataclasses.is_dataclass(typing.get_args(hint)[0])


def _value(hint: Any, words: str, number: int) -> Any:
    if isinstance(hint, types.UnionType):
        hint = next(kind for kind in typing.get_args(hint) if kind is not type(None))
    if typing.get_origin(hint) is tuple:
        return (_value(typing.get_args(hint)[0], words, number),)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return hint(**{name: _value(inner, words, number) for name, inner in hints(hint).items()})
    plain: dict[Any, Any] = {
        str: words, bytes: words.encode(), bool: True, int: number + 1, float: 0.5, date: AT.date(), datetime: AT,
    }  # fmt: skip
    return plain[hint]
