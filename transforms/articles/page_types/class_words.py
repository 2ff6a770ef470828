"""Families of words in the classes of a page."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from transforms.articles.roles import split_name

_FAMILY_WORDS = {
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
CLASS_VALUES = tuple(f"class_{name}" for name in _FAMILY_WORDS)
"""Names of the counts of families."""

_FAMILIES: dict[str, int] = {}
for _number, _words in enumerate(_FAMILY_WORDS.values()):
    for _word in _words.split():
        _FAMILIES[_word] = _FAMILIES.get(_word, 0) | 1 << _number


@lru_cache(maxsize=32_768)
def _about(name: str) -> tuple[int, frozenset[str]]:
    """Return which families of words a class has, as bits, and its words in lower case."""
    tokens = frozenset(split_name(name))
    found = 0
    for token in tokens:
        found |= _FAMILIES.get(token, 0)
    return found, tokens


def count_families(classes: Iterable[str]) -> tuple[list[int], set[str]]:
    """Return how many classes have words of each family, in the order of CLASS_VALUES, and all words of the classes."""
    masks: dict[int, int] = {}
    words: set[str] = set()
    for about, many in Counter(classes).items():
        mask, tokens = _about(about)
        words |= tokens
        if mask:
            masks[mask] = masks.get(mask, 0) + many
    by_family = [0] * len(CLASS_VALUES)
    for mask, many in masks.items():
        rest = mask
        while rest:  # few bits are set
            lowest = rest & -rest
            by_family[lowest.bit_length() - 1] += many
            rest ^= lowest
    return by_family, words
