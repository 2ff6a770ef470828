"""What can be counted of a page that tells an article from other pages."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from itertools import accumulate
from math import log1p
from operator import or_
from typing import NamedTuple

from transforms.articles.blocks import Block, Container, Structure
from transforms.articles.lengths import measure_length
from transforms.articles.page_types.address import measure_address
from transforms.articles.page_types.class_words import CLASS_VALUES, count_families
from transforms.articles.page_types.declared import KINDS_OF_OPEN_GRAPH, KINDS_OF_TYPES, Declared
from transforms.articles.roles import Role
from transforms.articles.sentence_ends import SENTENCE_ENDS

LONG = 140
"""Code points from which a block that is not made of links is prose."""

LEAST_ENTRIES = 5
"""Entries with a time from which a page is a live blog."""

_LINKED = 0.8
"""Share of a block from which it is a link."""

_MOST_LINKED = 0.4
"""Share of a block from which it is not prose."""

_FEWEST_ALIKE = 3
"""Elements side by side that look alike from which on they are cards or posts."""

MAX_BLOCKS = 4_000
"""Blocks that are looked at at most."""

MAX_CONTAINERS = 6_000
"""Containers that are compared with each other at most."""

MAX_LABEL = 40
"""Code points of the longest line that is taken for a label: of a link, a button, a heading."""

MAX_CLOCK = 12
"""Code points of the longest time of day."""

MAX_WORDS_TEXT = 20_000
"""Code points of text whose words are looked at."""

_SENTENCE_ENDS = frozenset(SENTENCE_ENDS)
_ABOUT_CHARS = 160
_EDGE = ".,:;!?()[]{}\"'“”„‘’«»…–—-|/·•*"
_LABEL_EDGE = _EDGE + " "
_SINGLE_OUTSIDE = (int(Role.NAVIGATION), int(Role.FOOTER), int(Role.HIDDEN), int(Role.DIALOG))
_OUTSIDE = sum(_SINGLE_OUTSIDE)
_BESIDE = int(Role.RELATED | Role.ASIDE | Role.COMMENT | Role.NEWSLETTER | Role.SHARE | Role.ADVERTISEMENT)
_MOST_OUTSIDE = 0.6
"""Share of the text, and of that outside links, from which a role of menus and the like does not count: it is on the
element around all."""

_COMMENT, _BODY, _FORM = int(Role.COMMENT), int(Role.BODY), int(Role.FORM)
_BYLINE, _DATE, _MEDIA, _ARTICLE = int(Role.BYLINE), int(Role.DATE), int(Role.MEDIA), int(Role.ARTICLE)
_RELATED, _PAYWALL, _ASIDE = int(Role.RELATED), int(Role.PAYWALL), int(Role.ASIDE)
_BESIDE_FORM = _BESIDE | _FORM
_OUTSIDE_FORM = _OUTSIDE | _FORM
_DOUBTED = _OUTSIDE | _ASIDE | _FORM
_OWN_ROLES = (_COMMENT, _RELATED, _BODY, _PAYWALL)
_ANY_OWN = sum(_OWN_ROLES)
_UNGROUPED = frozenset(("p", "h1", "h2", "h3", "tbody", "td", "th"))
_PRICE = re.compile(
    r"[$€£¥₹UEGCR\d](?:(?:(?<=[$€£¥₹])|(?:(?<=\bU)SD|(?<=\bE)UR|(?<=\bG)BP|(?<=\bC)HF|(?<=\bR)s)\b)[ \u00a0]?\d"
    r"|(?<=\d)[ \u00a0]?(?:[$€£¥₽]|(?:USD|EUR|CHF|kr|zł|Kč|Ft|lei|kn)\b))"
)
"""A number behind or before a currency. What one may begin with stands first: other places are passed over at once."""
_WITHOUT_DIGIT = re.compile(r"^[^\d\n]+$", re.MULTILINE)
_PAGE_NUMBER = re.compile(r"\d{1,3}|[«»‹›<>→←]{1,2}")
_CLOCK = re.compile(r"(?:kl\.? ?)?[0-2]?\d[:.h][0-5]\d(?: ?(?:uhr|am|pm|a\.m\.|p\.m\.|[a-z]{2,4}))?", re.IGNORECASE)


class Measures(NamedTuple):
    """What was counted of a page."""

    values: dict[str, float]
    names: frozenset[str]
    """Words of the classes of its containers, lower case."""
    words: frozenset[str]
    """Words of its text outside menus and footers, lower case."""
    labels: frozenset[str]
    """Its short lines, such as "add to cart", lower case, and their words, each after "w:"."""
    types: frozenset[str] = frozenset()
    """What it declares to be, as stated.name_types has it."""


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _believed(blocks: Sequence[Block], chars: Sequence[int], links: Sequence[int]) -> int:
    """Return the roles that are not on most of the page: a form around all of it makes none of it a form.

    Most of the text outside links is needed, too: menus may be longer than all that stands beside them.
    """
    texts: dict[int, int] = {}
    plain: dict[int, int] = {}
    for block, size, link in zip(blocks, chars, links, strict=True):
        roles = block.roles & _DOUBTED
        if roles:  # half of the blocks of a page have none of them
            texts[roles] = texts.get(roles, 0) + size
            plain[roles] = plain.get(roles, 0) + size - link
    whole, linked = sum(chars), sum(links)
    counts = ((texts, _MOST_OUTSIDE * whole), (plain, _MOST_OUTSIDE * (whole - linked)))
    some = reduce(or_, texts, 0)
    believed = -1
    for role in (*_SINGLE_OUTSIDE, _ASIDE, _FORM):
        if some & role and all(
            sum(size for roles, size in sizes.items() if roles & role) > most for sizes, most in counts
        ):
            believed &= ~role
    return believed


def is_clock(line: str) -> bool:
    """Return whether a line is a time of day and nothing else.

    >>> is_clock("14:05 Uhr"), is_clock("14 boats")
    (True, False)
    """
    return len(line) <= MAX_CLOCK and line[0].isalnum() and _CLOCK.fullmatch(line) is not None


def has_prose(structure: Structure, least: int) -> bool:
    """Return whether the long blocks of a page, menus and what is made of links aside, have some code points."""
    told = 0
    for block in structure.blocks[:MAX_BLOCKS]:
        size = len(block.text)
        is_long = size >= LONG and block.link_chars < _MOST_LINKED * size and not block.roles & _OUTSIDE_FORM
        if is_long and block.kind != "preformatted":
            told += size
            if told >= least:
                return True
    return False


class _Page:
    """The counts of one page while they are made."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        blocks = structure.blocks[:MAX_BLOCKS]
        self.chars = [len(block.text) for block in blocks]
        self.links = [block.link_chars for block in blocks]
        self.believed = _believed(blocks, self.chars, self.links)
        self.outside = _OUTSIDE & self.believed
        self.prose = [0] * len(blocks)
        self.cards = [0] * len(blocks)
        self.clocks: list[int] = []
        self.texts: list[str] = []
        self.short: list[str] = []
        self.top_text = ""
        self.values: dict[str, float] = {}
        self.names: set[str] = set()
        self.groups: dict[tuple[int, str, str], list[int]] = {}
        self._count_blocks(blocks)
        self.chars_to = [0, *accumulate(self.chars)]
        self.links_to = [0, *accumulate(self.links)]
        self.prose_to = [0, *accumulate(self.prose)]
        self.cards_to = [0, *accumulate(self.cards)]
        self._count_containers(structure.containers[:MAX_CONTAINERS])
        self._count_marks()
        self._count_groups()

    def _count_blocks(self, blocks: list[Block]) -> None:
        believed, outside_roles = self.believed, self.outside
        chars, links, prose = self.chars, self.links, self.prose
        outside = beside = comments = forms = sentences = pages = all_link = items = breaks = written = 0
        by_kind = {"caption": 0, "table_row": 0, "quote": 0, "preformatted": 0, "list_item": 0, "paragraph": 0}
        headings: list[int] = []
        long: list[int] = []
        lines: list[str] = []
        for number, block in enumerate(blocks):
            size = chars[number]
            text = block.text
            if size <= MAX_LABEL:
                self.short.append(text)
            if not text.isascii():
                length = measure_length(text)
                if length != size:
                    chars[number], links[number] = length, links[number] * length // size
                    size = length
            roles = block.roles & believed
            if roles & outside_roles:
                outside += size
                continue
            kind, link = block.kind, links[number]
            if written < MAX_WORDS_TEXT:
                self.texts.append(text)
                written += len(text)
            if roles & _BESIDE_FORM:
                forms += size if roles & _FORM else 0
                beside += size if roles & _BESIDE else 0
                comments += size if roles & _COMMENT else 0
            if block.has_break:
                breaks += 1
            if kind == "heading":
                headings.append(number)
                continue
            by_kind[kind] += size
            items += kind == "list_item"
            is_linked = link >= _LINKED * size
            if is_linked:
                all_link += 1
                pages += size <= 3 and _PAGE_NUMBER.fullmatch(text) is not None
            if size >= LONG and link < _MOST_LINKED * size and not roles & _FORM and kind != "preformatted":
                prose[number] = size
                long.append(number)
            elif size >= 30 and text[-1] in _SENTENCE_ENDS and not is_linked:
                sentences += 1
            if size <= 60:
                lines.append(text)
                if is_clock(text):
                    self.clocks.append(number)
        total = sum(chars)
        self.inside = inside = total - outside
        self.values |= {
            "inside": log1p(inside),
            "outside_share": _share(outside, total),
            "beside_share": _share(beside, total),
            "comment_share": _share(comments, total),
            "form_share": _share(forms, inside),
            "link_share": _share(sum(links), total),
            "short_sentences": log1p(sentences),
            "short_to_long": _share(sentences, sentences + len(long)),
            "blocks": log1p(len(blocks)),
            "mean_block": _share(inside, len(blocks)),
            "headings_to_long": _share(len(headings), len(headings) + len(long)),
            "all_link": log1p(all_link),
            "items": log1p(items),
            "list_share": _share(by_kind["list_item"], inside),
            "caption_share": _share(by_kind["caption"], inside),
            "row_share": _share(by_kind["table_row"], inside),
            "quote_share": _share(by_kind["quote"], inside),
            "code_share": _share(by_kind["preformatted"], inside),
            "breaks": log1p(breaks),
            "prices": log1p(len(_PRICE.findall("\n".join(lines)))),
            "clocks": log1p(len(self.clocks)),
            "page_numbers": min(pages, 12),
        }
        self._count_prose(blocks, long, total)
        self._count_headings(blocks, headings)

    def _count_prose(self, blocks: list[Block], long: list[int], total: int) -> None:
        """Count the long blocks that are prose: how much of the page they are, and where they stand."""
        believed, containers = self.believed, self.structure.containers
        chars, links, prose = self.chars, self.links, self.prose
        body_prose = article_prose = 0
        by_container: dict[int, int] = {}
        plain = [number for number in long if not blocks[number].roles & believed & _BESIDE]
        for number in plain:
            block, size = blocks[number], prose[number]
            roles = block.roles & believed
            body_prose += size if roles & _BODY else 0
            article_prose += size if roles & _ARTICLE else 0
            place = block.container if block.tag in ("div", "td") else containers[block.container].parent
            by_container[place] = by_container.get(place, 0) + size
        self.told = told = sum(prose)
        best = max(by_container.values(), default=0)
        first, end = (plain[0], plain[-1] + 1) if plain else (len(chars), len(chars))
        span = sum(chars[first:end])
        self.values |= {
            "prose": log1p(told),
            "prose_share": _share(told, self.inside),
            "best_prose": log1p(best),
            "best_share": _share(best, told),
            "best_of_inside": _share(best, self.inside),
            "body_prose": _share(body_prose, told),
            "article_prose": _share(article_prose, told),
            "long_count": log1p(len(long)),
            "plain_count": log1p(len(plain)),
            "longest": log1p(max(prose, default=0)),
            "mean_long": _share(told, len(long)),
            "span_share": _share(sum(prose[first:end]), span),
            "span_links": _share(sum(links[first:end]), span),
            "span_of_inside": _share(span, self.inside),
            "before": _share(sum(chars[:first]), total),
        }

    def _count_headings(self, blocks: list[Block], headings: list[int]) -> None:
        """Count headings, and those that are links, as cards have them."""
        top = linked = 0
        for number in headings:
            block = blocks[number]
            if self.links[number] >= _LINKED * self.chars[number]:
                linked += 1
                self.cards[number] = block.level > 1
            if block.level == 1:
                top += 1
                self.top_text = self.top_text or block.text
        self.values |= {
            "headings": log1p(len(headings)),
            "linked_headings": log1p(linked),
            "linked_headings_share": _share(linked, len(headings)),
            "top": min(top, 4),
            "top_size": measure_length(self.top_text),
        }

    def _count_containers(self, containers: list[Container]) -> None:
        """Count elements, gather words of their classes, and group those that look like each other."""
        outside, prose_to, count = self.outside, self.prose_to, len(self.chars)
        groups = self.groups
        names: list[str] = []
        own_roles = dict.fromkeys(_OWN_ROLES, 0)
        tags = {"form": 0, "section": 0, "table": 0, "article": 0}
        largest = with_prose = 0
        beside = Counter(container.parent for container in containers)
        for number, container in enumerate(containers):
            if container.roles & outside:
                continue
            tag = container.tag
            about = container.name
            if about:
                names.append(about[:_ABOUT_CHARS])
            if container.own & _ANY_OWN:
                for role in _OWN_ROLES:
                    own_roles[role] += container.own & role != 0
            start, end = container.start, container.end
            if tag in tags:
                tags[tag] += 1
                if tag == "article" and end <= count:
                    inner = prose_to[end] - prose_to[start]
                    with_prose += inner >= 2 * LONG
                    largest = max(largest, inner)
            if start < end <= count and beside[container.parent] >= _FEWEST_ALIKE and tag not in _UNGROUPED:
                key = (container.parent, tag, about[:24] if about else "")
                members = groups.get(key)
                if members is None:
                    groups[key] = [number]
                else:
                    members.append(number)
        self.values |= {
            "articles": log1p(tags["article"]),
            "articles_with_prose": log1p(with_prose),
            "article_largest": _share(largest, self.told),
            "forms": log1p(tags["form"]),
            "sections": log1p(tags["section"]),
            "tables": log1p(tags["table"]),
            "comments": log1p(own_roles[_COMMENT]),
            "related": log1p(own_roles[_RELATED]),
            "bodies": log1p(own_roles[_BODY]),
            "walls": log1p(own_roles[_PAYWALL]),
        }
        by_family, self.names = count_families(names)
        self.values |= zip(CLASS_VALUES, map(log1p, by_family), strict=True)

    def _count_marks(self) -> None:
        """Count bylines, dates and pictures."""
        structure, outside = self.structure, self.outside
        bylines = dates = 0
        for mark in structure.marks:
            if not mark.roles & outside:
                bylines += mark.own & _BYLINE != 0
                dates += mark.own & _DATE != 0
        self.times = [mark.block for mark in structure.times if not mark.roles & outside]
        beside = self.believed & (_OUTSIDE | _BESIDE)
        pictures = sum(not (picture.is_fallback or picture.roles & beside) for picture in structure.pictures)
        counts = structure.counts
        self.values |= {
            "bylines": log1p(bylines),
            "date_marks": log1p(dates),
            "times": log1p(len(self.times)),
            "pictures": log1p(pictures),
            "picture_to_prose": pictures / (1 + self.told / 500),
            "buttons": log1p(counts.get("button", 0)),
            "inputs": log1p(counts.get("input", 0)),
            "videos": log1p(counts.get("video", 0)),
            "audios": log1p(counts.get("audio", 0)),
            "iframes": log1p(counts.get("iframe", 0)),
            "elements": log1p(structure.elements),
        }

    def _count_groups(self) -> None:
        """Count cards, which are alike, short and lead elsewhere, and posts, which are alike and hold prose."""
        containers = self.structure.containers
        chars_to, links_to, prose_to, cards_to = self.chars_to, self.links_to, self.prose_to, self.cards_to
        card_groups = card_count = card_chars = card_prose = card_headings = card_largest = 0
        post_count = post_chars = post_times = entries = 0
        for members in self.groups.values():
            many = len(members)
            if many < _FEWEST_ALIKE:
                continue
            size = told = titles = with_link = with_prose = 0
            for number in members:
                start, end = containers[number].start, containers[number].end
                size += chars_to[end] - chars_to[start]
                with_link += links_to[end] > links_to[start]
                inner = prose_to[end] - prose_to[start]
                told += inner
                with_prose += inner > 0
                titles += cards_to[end] > cards_to[start]
            is_short = 12 <= size / many <= 900 and (titles or size / many >= 40)
            if with_link >= 0.7 * many and is_short and containers[members[0]].tag != "tr":
                card_groups += 1
                card_count += many
                card_chars += size
                card_prose += told
                card_headings += titles
                card_largest = max(card_largest, many)
            if with_prose >= 0.5 * many and told > post_chars:
                post_count, post_chars = many, told
                first, last = containers[members[0]].start, containers[members[-1]].end
                post_times = sum(first <= place < last for place in self.times)
                entries = 0 if titles > 0.3 * many else self._count_entries(members)
        self.values |= {
            "card_groups": log1p(card_groups),
            "card_count": log1p(card_count),
            "card_share": _share(card_chars, self.inside),
            "card_prose": _share(card_prose, self.told),
            "card_headings": log1p(card_headings),
            "card_largest": log1p(card_largest),
            "post_count": log1p(post_count),
            "post_share": _share(post_chars, self.told),
            "post_times": log1p(post_times),
            "entries": log1p(entries),
        }

    def _count_entries(self, members: list[int]) -> int:
        """Return how many of some posts have a time of their own, where nearly all have and none is beside the text."""
        containers = self.structure.containers
        if len(members) < LEAST_ENTRIES or containers[members[0]].roles & self.believed & _BESIDE:
            return 0
        places = sorted((*self.times, *self.clocks))
        timed = 0
        for number in members:
            start, end = containers[number].start, containers[number].end
            found = bisect_left(places, start)
            timed += found < len(places) and places[found] < end
        return timed if timed >= 0.8 * len(members) else 0


def measure_page(structure: Structure, declared: Declared, url: str | None) -> Measures:
    """Count what of a page tells its kind. Linear in its blocks and containers; takes about 1 ms."""
    page = _Page(structure)
    values = page.values
    kinds = [KINDS_OF_TYPES.get(kind) for kind in declared.types]
    title_match = 0.0
    if page.top_text and declared.title:
        title_match = 1.0 if page.top_text[:40].casefold() in declared.title.casefold() else -1.0
    text = " ".join(page.texts)[:MAX_WORDS_TEXT]
    per_mille = 1_000 / (500 + measure_length(text))
    values |= {
        "title_match": title_match,
        "next": float(declared.has_next),
        "ld_article": float(declared.is_article),
        "ld_news": float(any(kind.endswith("newsarticle") for kind in declared.types)),
        "ld_other": float(any(kinds)),
        "ld_index": float("index" in kinds),
        "ld_product": float("product" in kinds),
        "ld_forum": float("forum" in kinds),
        "og_article": float(declared.og_type == "article"),
        "og_website": float(declared.og_type == "website"),
        "og_other": float(declared.og_type in KINDS_OF_OPEN_GRAPH),
        "template_article": float(declared.template == "article"),
        "template_other": float(declared.template not in ("", "article")),
        "dated": float(declared.is_dated),
        "authored": float(declared.is_authored),
        "currency": log1p(sum(text.count(mark) for mark in "$€£¥")),
        "questions": per_mille * sum(text.count(mark) for mark in "?？؟"),
        "quotes": per_mille * sum(text.count(mark) for mark in '“„«"「『'),
        "exclamations": per_mille * sum(text.count(mark) for mark in "!！"),
        **measure_address(url),
    }
    words = frozenset([word if word.isalnum() else word.strip(_EDGE) for word in set(text.lower().split())])
    return Measures(values, frozenset(page.names), words, _labels(page.short))


def _labels(lines: list[str]) -> frozenset[str]:
    """Return short lines without edges and those with digits, and the words of all of them."""
    text = "\n".join(lines).lower()
    found = [line.strip(_LABEL_EDGE) for line in set(_WITHOUT_DIGIT.findall(text))]
    words = [word.strip(_EDGE) for word in set(text.split())]
    return frozenset([*found, *["w:" + word for word in words if word.isalpha()]])
