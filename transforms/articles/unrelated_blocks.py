"""Chosen blocks that are not of the article: those of other articles, asides and dialogs."""

import re
from collections import Counter
from collections.abc import Sequence

from transforms.articles.blocks import Block, Container, Structure, containers_around
from transforms.articles.folding import letters
from transforms.articles.roles import Role

MIN_PROSE = 80
"""Code points from which a block is prose, unless it is a heading."""

MIN_ARTICLE = 250
"""Code points of chosen text from which an element may be the article that the page is about."""

MOST = 0.7
"""Share of the chosen text from which an article is the one that the page is about, and others are teasers."""

MAX_TEASER = 8
"""Blocks of an article in which its heading must stand."""

_BODY = int(Role.BODY)

_DIALOG = int(Role.DIALOG)

_CONSENT = re.compile(r"cookie|consent|gdpr|onetrust", re.IGNORECASE)

_MAX_NAME, _MAX_TITLE = 300, 1_000
"""Code points of an id and of a title that are read."""


def leave_other_articles(structure: Structure, blocks: list[Block]) -> list[Block]:
    """Return blocks without those of articles that follow on the same page: the next story, or teasers of others.

    Such an article has an h1 of its own, as the first has; or its heading is a link, and the first article holds most
    of the text. Posts of a live blog and parts of a list have neither.

    Args:
        structure: of the page.
        blocks: chosen ones, in order.
    """
    containers = structure.containers
    if sum(container.tag == "article" for container in containers) < 2:
        return _leave_appended(structure, blocks)
    around = [_article_of(containers, block.container) for block in blocks]
    sizes: Counter[int] = Counter()
    for number, block in zip(around, blocks, strict=True):
        sizes[number] += len(block.text)
    whole = sizes.total()
    main = next((number for number in sizes if number >= 0 and sizes[number] >= MIN_ARTICLE), -1)
    if main < 0:
        return blocks
    end, has_title = containers[main].end, _has_title(structure, containers[main])
    is_most = sizes[main] >= MOST * whole
    others = {
        number
        for number in sizes
        if number >= 0
        and containers[number].start >= end
        and (
            (has_title and _has_title(structure, containers[number]))
            or (is_most and _has_linked_heading(structure, containers[number]))
        )
    }
    return [block for number, block in zip(around, blocks, strict=True) if number not in others]


def leave_dialogs(structure: Structure, titles: Sequence[str | None], blocks: list[Block]) -> list[Block]:
    """Return blocks without those of dialogs, such as long notices on cookies, where the headline stands in none."""
    if not any(block.roles & _DIALOG for block in blocks):
        return blocks
    keys = {letters(title[:_MAX_TITLE]) for title in titles if title}
    if not any(block.level and not block.roles & _DIALOG and letters(block.text) in keys for block in structure.blocks):
        return blocks
    judged: dict[int, bool] = {}
    rest = [block for block in blocks if not (block.roles & _DIALOG and _is_dialog(structure, block.container, judged))]
    return rest or blocks


def _is_dialog(structure: Structure, number: int, judged: dict[int, bool]) -> bool:
    """Return whether a container is a dialog or in one; a word of a class, such as "overlay", is not enough."""
    if number not in judged:
        element = next(
            (
                one.element
                for one in containers_around(structure, number)
                if one.own & _DIALOG
                and (
                    one.element.get("role") in ("dialog", "alertdialog")
                    or _CONSENT.search(f"{one.name} {(one.element.get('id') or '')[:_MAX_NAME]}")
                )
            ),
            None,
        )
        judged[number] = element is not None
    return judged[number]


def leave_asides(structure: Structure, blocks: list[Block]) -> list[Block]:
    """Return blocks without those of an ``<aside>`` that is not in the article: it is about something else.

    The article is the outermost element around the first prose that says that it is one, or holds a main text.

    Args:
        structure: of the page.
        blocks: chosen ones, in order.
    """
    containers = structure.containers
    asides = [container for container in containers if container.tag == "aside"]
    first = next((block for block in blocks if len(block.text) > MIN_PROSE and not block.level), None)
    if not asides or first is None:
        return blocks
    around = list(containers_around(structure, first.container))
    article = next((one for one in reversed(around) if one.tag in ("article", "main") or one.own & _BODY), None)
    apart = [
        aside
        for aside in asides
        if not any(aside is one for one in around)
        and (article is None or not article.start <= aside.start < article.end)
    ]
    if not apart:
        return blocks
    left = {id(block) for aside in apart for block in structure.blocks[aside.start : aside.end]}
    return [block for block in blocks if id(block) not in left]


def _leave_appended(structure: Structure, blocks: list[Block]) -> list[Block]:
    """Return blocks without those of articles that scripts append: elements of the class of the one that has the h1.

    Each has a heading that is a link, to the article's own page; the first holds most of the text.
    """
    containers = structure.containers
    title = next((block for block in structure.blocks if block.level == 1), None)
    if title is None or not blocks:
        return blocks
    around: dict[tuple[int, str, str], int] = {}
    number = title.container
    while number > 0:
        one = containers[number]
        if one.name:
            around[one.parent, one.tag, one.name] = number
        number = one.parent
    judged: dict[int, int] = {}
    owners = [_owner_of(containers, block.container, around, judged) for block in blocks]
    whole = sum(len(block.text) for block in blocks)
    left: set[int] = set()
    held: dict[int, int] = {}
    for owner in set(owners):
        if owner <= 0 or not _has_linked_heading(structure, containers[owner]):
            continue
        other = containers[owner]
        number = around[other.parent, other.tag, other.name]
        main = containers[number]
        if number not in held:
            held[number] = sum(
                len(block.text)
                for block in blocks
                if any(one is main for one in containers_around(structure, block.container))
            )
        if other.start >= main.end and held[number] >= MIN_ARTICLE and 2 * held[number] >= whole:
            left.add(owner)
    return [block for block, owner in zip(blocks, owners, strict=True) if owner not in left]


def _owner_of(
    containers: Sequence[Container], number: int, around: dict[tuple[int, str, str], int], judged: dict[int, int]
) -> int:
    """Return the container around a block that is like one around the headline and beside it; -1 for none."""
    passed = []
    found = -1
    while number > 0:
        if number in judged:
            found = judged[number]
            break
        passed.append(number)
        one = containers[number]
        if around.get((one.parent, one.tag, one.name), number) != number:
            found = number
            break
        number = one.parent
    judged.update(dict.fromkeys(passed, found))
    return found


def _article_of(containers: Sequence[Container], number: int) -> int:
    """Return the outermost ``<article>`` around a container, or itself; -1 where there is none."""
    found = -1
    while number >= 0:
        if containers[number].tag == "article":
            found = number
        number = containers[number].parent
    return found


def _has_title(structure: Structure, container: Container) -> bool:
    return any(block.level == 1 for block in structure.blocks[container.start : container.end])


def _has_linked_heading(structure: Structure, container: Container) -> bool:
    first = structure.blocks[container.start : min(container.end, container.start + MAX_TEASER)]
    return any(block.level and block.link_chars == len(block.text) for block in first)
