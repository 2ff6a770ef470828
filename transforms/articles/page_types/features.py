"""What can be counted of a page that tells an article from other pages."""

import re
from functools import lru_cache
from itertools import accumulate
from math import log1p
from typing import NamedTuple

from transforms.articles.blocks import Role, Structure
from transforms.articles.page_types.address import measure_address
from transforms.articles.page_types.declared import KINDS_OF_OPEN_GRAPH, KINDS_OF_TYPES, Declared

LONG = 140
"""Code points from which a block that is not made of links is prose."""

LEAST_ENTRIES = 5
"""Entries with a time from which a page is a live blog."""

MAX_CONTAINERS = 6_000
"""Containers that are compared with each other at most."""

MAX_WORDS_TEXT = 20_000
"""Code points of text whose words are looked at."""

_ABOUT_CHARS = 160
_EDGE = ".,:;!?()[]{}\"'“”„‘’«»…–—-|/·•*"
_SINGLE_OUTSIDE = (int(Role.NAVIGATION), int(Role.FOOTER), int(Role.HIDDEN), int(Role.DIALOG))
_OUTSIDE = sum(_SINGLE_OUTSIDE)
_BESIDE = int(Role.RELATED | Role.ASIDE | Role.COMMENT | Role.NEWSLETTER | Role.SHARE | Role.ADVERTISEMENT)
_MOST_OUTSIDE = 0.6
"""Share of the text from which a role of menus and the like does not count: it is on the element around all."""

_COMMENT, _BODY, _FORM = int(Role.COMMENT), int(Role.BODY), int(Role.FORM)
_BYLINE, _DATE, _MEDIA, _ARTICLE = int(Role.BYLINE), int(Role.DATE), int(Role.MEDIA), int(Role.ARTICLE)
_RELATED, _PAYWALL = int(Role.RELATED), int(Role.PAYWALL)

_WORDS = {
    "shop": "product products price prices cart basket sku buy checkout variant variants swatch swatches addtocart "
    "quantity stock shipping wishlist",
    "grid": "grid cards card tile tiles masonry listing results result products collection items facet facets filter "
    "filters sort",
    "thread": "thread threads reply replies topic post message messages forum votes vote answer answers question "
    "upvote moderator joined",
    "sell": "hero cta pricing testimonial testimonials faq faqs features feature benefits logos clients customers "
    "trusted accordion tabs demo plan plans",
    "manual": "docs doc documentation toc reference highlight codeblock admonition api example markdown sphinx "
    "docusaurus mkdocs rst sidebar",
    "player": "player playlist video videos vjs jwplayer youtube episode episodes podcast audio duration",
    "pictures": "gallery slideshow slide slides slick swiper lightbox thumbnails photos fotorama fotostrecke",
    "live": "live liveblog ticker liveticker update updates timeline",
    "person": "profile author biography bio avatar",
}
_FAMILIES: dict[str, int] = {}
for _number, _words in enumerate(_WORDS.values()):
    for _word in _words.split():
        _FAMILIES[_word] = _FAMILIES.get(_word, 0) | 1 << _number
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PRICE = re.compile(
    r"(?:[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|Rs)\b)[ \u00a0]?\d|\d[ \u00a0]?(?:[$€£¥₽]|(?:USD|EUR|CHF|kr|zł|Kč|Ft|lei|kn)\b)"
)
_END = frozenset('.!?…。！？।”"»’“')
_PAGE_NUMBER = re.compile(r"\d{1,3}|[«»‹›<>→←]{1,2}")
_CLOCK = re.compile(r"(?:kl\.? ?)?[0-2]?\d[:.h][0-5]\d(?: ?(?:uhr|am|pm|a\.m\.|p\.m\.|[a-z]{2,4}))?", re.IGNORECASE)


@lru_cache(maxsize=32_768)
def _about(name: str) -> tuple[int, frozenset[str]]:
    """Return which families of words a class or id has, as bits, and its words in lower case."""
    tokens = frozenset(map(str.lower, _TOKEN.findall(name)))
    found = 0
    for token in tokens:
        found |= _FAMILIES.get(token, 0)
    return found, tokens


class Measures(NamedTuple):
    """What was counted of a page."""

    values: dict[str, float]
    names: frozenset[str]
    """Words of the classes and ids of its containers, lower case."""
    words: frozenset[str]
    """Words of its text outside menus and footers, lower case."""


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _believed(structure: Structure) -> int:
    """Return the roles that are not on most of the page: "overflow-hidden" on its body hides nothing."""
    by_roles: dict[int, int] = {}
    for block in structure.blocks:
        by_roles[block.roles] = by_roles.get(block.roles, 0) + len(block.text)
    most = _MOST_OUTSIDE * sum(by_roles.values())
    believed = -1
    for role in (*_SINGLE_OUTSIDE, int(Role.ASIDE), _FORM):
        if sum(size for roles, size in by_roles.items() if roles & role) > most:
            believed &= ~role
    return believed


def measure_page(structure: Structure, declared: Declared, url: str | None) -> Measures:
    """Count what of a page tells its kind. Linear in its blocks and containers; takes well under 1 ms."""
    blocks = structure.blocks
    containers = structure.containers
    count = len(blocks)
    believed = _believed(structure)
    outside_roles = _OUTSIDE & believed
    chars: list[int] = []
    linked: list[int] = []
    prose: list[int] = []
    cards: list[int] = []
    total = outside = beside = comment_chars = form_chars = sentences = prices = page_numbers = 0
    headings = linked_headings = top = all_link = paragraphs = long_count = plain_count = code_chars = items = 0
    body_prose = article_prose = caption_chars = row_chars = quote_chars = list_chars = breaks = longest = 0
    top_text = ""
    first_prose = last_prose = -1
    texts: list[str] = []
    clocks: list[int] = []
    written = 0
    by_container: dict[int, int] = {}
    for number, block in enumerate(blocks):
        roles, size, link = block.roles & believed, len(block.text), block.link_chars
        total += size
        is_prose = is_card = 0
        if roles & outside_roles:
            outside += size
        else:
            if written < MAX_WORDS_TEXT:
                texts.append(block.text)
                written += size
            kind = block.kind
            is_linked = link >= 0.8 * size
            if roles & _BESIDE:
                beside += size
                comment_chars += size if roles & _COMMENT else 0
            if roles & _FORM:
                form_chars += size
            if kind == "heading":
                headings += 1
                linked_headings += is_linked
                is_card = int(is_linked and block.level > 1)
                if block.level == 1:
                    top += 1
                    top_text = top_text or block.text
            else:
                all_link += is_linked
                if is_linked and size <= 3 and _PAGE_NUMBER.fullmatch(block.text):
                    page_numbers += 1
                if kind == "caption":
                    caption_chars += size
                elif kind == "table_row":
                    row_chars += size
                elif kind == "quote":
                    quote_chars += size
                elif kind == "preformatted":
                    code_chars += size
                elif kind == "list_item":
                    list_chars += size
                    items += 1
                else:
                    paragraphs += 1
                if size >= LONG and link < 0.4 * size and not roles & _FORM and kind != "preformatted":
                    is_prose = size
                    long_count += 1
                    longest = max(longest, size)
                    if not roles & _BESIDE:
                        plain_count += 1
                        body_prose += size if roles & _BODY else 0
                        article_prose += size if roles & _ARTICLE else 0
                        first_prose = number if first_prose < 0 else first_prose
                        last_prose = number
                        place = (
                            containers[block.container].parent if block.tag not in ("div", "td") else block.container
                        )
                        by_container[place] = by_container.get(place, 0) + size
                elif size >= 30 and block.text[-1] in _END and not is_linked:
                    sentences += 1
                if size <= 60:
                    if _PRICE.search(block.text):
                        prices += 1
                    elif size <= 12 and _CLOCK.fullmatch(block.text):
                        clocks.append(number)
            breaks += block.has_break
        chars.append(size)
        linked.append(link)
        prose.append(is_prose)
        cards.append(is_card)
    chars_to = [0, *accumulate(chars)]
    linked_to = [0, *accumulate(linked)]
    prose_to = [0, *accumulate(prose)]
    cards_to = [0, *accumulate(cards)]
    inside = total - outside
    all_prose = prose_to[-1]
    masks: dict[int, int] = {}
    names: set[str] = set()
    articles = forms = sections = comments = related = bodies = walls = tables = 0
    groups: dict[tuple[int, str, str], list[int]] = {}
    article_largest = article_with_prose = 0
    for number, container in enumerate(containers[:MAX_CONTAINERS]):
        own, tag = container.own, container.tag
        about = container.element.get("class") or ""
        if about:
            about = about[:_ABOUT_CHARS]
            mask, tokens = _about(about)
            if mask:
                masks[mask] = masks.get(mask, 0) + 1
            names |= tokens
        ident = container.element.get("id")
        if ident:
            names |= _about(ident[:60])[1]
        if own:
            comments += bool(own & _COMMENT)
            related += bool(own & _RELATED)
            bodies += bool(own & _BODY)
            walls += bool(own & _PAYWALL)
        if tag == "form":
            forms += 1
        elif tag == "section":
            sections += 1
        elif tag == "table":
            tables += 1
        start, end = container.start, container.end
        if tag == "article":
            articles += 1
            inner = prose_to[end] - prose_to[start]
            article_with_prose += inner >= 2 * LONG
            article_largest = max(article_largest, inner)
        if (
            end > start
            and not container.roles & outside_roles
            and tag not in ("p", "h1", "h2", "h3", "tbody", "td", "th")
        ):
            groups.setdefault((container.parent, tag, about[:24]), []).append(number)
    marks_by = marks_date = 0
    for mark in structure.marks:
        if not mark.roles & outside_roles:
            marks_by += bool(mark.own & _BYLINE)
            marks_date += bool(mark.own & _DATE)
    time_blocks = [mark.block for mark in structure.times if not mark.roles & outside_roles]
    moments = {*time_blocks, *clocks}
    card_groups = card_count = card_chars = card_headings = card_largest = card_prose = 0
    post_count = post_chars = post_times = entries = 0
    for members in groups.values():
        if len(members) < 3:
            continue
        size = link = told = titles = with_link = with_prose = 0
        for number in members:
            start, end = containers[number].start, containers[number].end
            size += chars_to[end] - chars_to[start]
            inner = linked_to[end] - linked_to[start]
            link += inner
            with_link += inner > 0
            inner = prose_to[end] - prose_to[start]
            told += inner
            with_prose += inner > 0
            titles += cards_to[end] > cards_to[start]
        many = len(members)
        if with_link >= 0.7 * many and 12 <= size / many <= 900 and containers[members[0]].tag != "tr":
            if size / many >= 40 or titles:
                card_groups += 1
                card_count += many
                card_chars += size
                card_prose += told
                card_headings += titles
                card_largest = max(card_largest, many)
        if with_prose >= 0.5 * many and told > post_chars:
            post_count, post_chars = many, told
            first, last = containers[members[0]].start, containers[members[-1]].end
            post_times = sum(first <= place < last for place in time_blocks)
            if many >= LEAST_ENTRIES and titles <= 0.3 * many and not containers[members[0]].roles & believed & _BESIDE:
                timed = sum(
                    any(place in moments for place in range(containers[number].start, containers[number].end))
                    for number in members
                )
                entries = timed if timed >= 0.8 * many else 0
    best = max(by_container.values(), default=0)
    span = chars_to[last_prose + 1] - chars_to[first_prose] if first_prose >= 0 else 0
    span_links = linked_to[last_prose + 1] - linked_to[first_prose] if first_prose >= 0 else 0
    before = chars_to[first_prose] if first_prose >= 0 else total
    pictures = sum(not picture.roles & believed & (_OUTSIDE | _BESIDE) for picture in structure.pictures)
    title_match = 0.0
    if top_text and declared.title:
        title_match = 1.0 if top_text[:40].casefold() in declared.title.casefold() else -1.0
    kinds = [KINDS_OF_TYPES.get(kind) for kind in declared.types]
    counts = structure.counts
    values = {
        "inside": log1p(inside),
        "outside_share": _share(outside, total),
        "beside_share": _share(beside, total),
        "comment_share": _share(comment_chars, total),
        "form_share": _share(form_chars, inside),
        "link_share": _share(linked_to[-1], total),
        "prose": log1p(all_prose),
        "prose_share": _share(all_prose, inside),
        "best_prose": log1p(best),
        "best_share": _share(best, all_prose),
        "best_of_inside": _share(best, inside),
        "body_prose": _share(body_prose, all_prose),
        "article_prose": _share(article_prose, all_prose),
        "long_count": log1p(long_count),
        "plain_count": log1p(plain_count),
        "longest": log1p(longest),
        "mean_long": _share(all_prose, long_count),
        "short_sentences": log1p(sentences),
        "short_to_long": _share(sentences, sentences + long_count),
        "blocks": log1p(count),
        "mean_block": _share(inside, count),
        "span_share": _share(prose_to[last_prose + 1] - prose_to[first_prose] if first_prose >= 0 else 0, span),
        "span_links": _share(span_links, span),
        "span_of_inside": _share(span, inside),
        "before": _share(before, total),
        "headings": log1p(headings),
        "linked_headings": log1p(linked_headings),
        "linked_headings_share": _share(linked_headings, headings),
        "headings_to_long": _share(headings, headings + long_count),
        "top": min(top, 4),
        "top_size": len(top_text),
        "title_match": title_match,
        "all_link": log1p(all_link),
        "items": log1p(items),
        "list_share": _share(list_chars, inside),
        "caption_share": _share(caption_chars, inside),
        "row_share": _share(row_chars, inside),
        "quote_share": _share(quote_chars, inside),
        "code_share": _share(code_chars, inside),
        "breaks": log1p(breaks),
        "prices": log1p(prices),
        "clocks": log1p(len(clocks)),
        "page_numbers": min(page_numbers, 12),
        "next": float(declared.has_next),
        "articles": log1p(articles),
        "articles_with_prose": log1p(article_with_prose),
        "article_largest": _share(article_largest, all_prose),
        "forms": log1p(forms),
        "sections": log1p(sections),
        "tables": log1p(tables),
        "comments": log1p(comments),
        "related": log1p(related),
        "bodies": log1p(bodies),
        "walls": log1p(walls),
        "bylines": log1p(marks_by),
        "date_marks": log1p(marks_date),
        "times": log1p(len(time_blocks)),
        "card_groups": log1p(card_groups),
        "card_count": log1p(card_count),
        "card_share": _share(card_chars, inside),
        "card_prose": _share(card_prose, all_prose),
        "card_headings": log1p(card_headings),
        "card_largest": log1p(card_largest),
        "post_count": log1p(post_count),
        "post_share": _share(post_chars, all_prose),
        "post_times": log1p(post_times),
        "entries": log1p(entries),
        "pictures": log1p(pictures),
        "picture_to_prose": pictures / (1 + all_prose / 500),
        "buttons": log1p(counts.get("button", 0)),
        "inputs": log1p(counts.get("input", 0)),
        "videos": log1p(counts.get("video", 0)),
        "audios": log1p(counts.get("audio", 0)),
        "iframes": log1p(counts.get("iframe", 0)),
        "elements": log1p(structure.elements),
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
    }
    for place, name in enumerate(_WORDS):
        values[f"class_{name}"] = log1p(sum(many for mask, many in masks.items() if mask >> place & 1))
    text = " ".join(texts)[:MAX_WORDS_TEXT]
    values["questions"] = 1_000 * text.count("?") / (500 + len(text))
    values["quotes"] = 1_000 * sum(text.count(mark) for mark in '“„«"') / (500 + len(text))
    values["exclamations"] = 1_000 * text.count("!") / (500 + len(text))
    values.update(measure_address(url))
    words = frozenset(word.strip(_EDGE) for word in set(text.lower().split()))
    return Measures(values, frozenset(names), words)
