"""The headline, chosen among the titles and headings of a page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from transforms.articles.facts import one_line
from transforms.articles.folding import letters
from transforms.articles.lengths import measure_length
from transforms.articles.title_lines import LEAST_TITLE, ends_title, is_site_part, is_telling
from transforms.characters import is_wide

MAX_TITLE = 1_000
"""How many characters of a title are read at most."""

_LONG_NAME = 4
"""Letters of a name that is known by the end of the site's: Koia of drinkkoia."""

_LONG_WORD = 4
"""Letters of a word that tells what a line is about."""

_LONGEST = 200
"""Code points of an h1 that is the headline though no title agrees with it; what is longer advertises."""

_PAGE_COUNT = re.compile(r"\s?[（(]\s?\d{1,2}\s?[/／]\s?\d{1,2}\s?(?:ページ|頁|页|pages?|Seiten?|페이지)\s?[）)]$")
"""Which page of how many this is, behind a headline."""

_CONTROLS = frozenset(("menu", "open", "close", "toggle", "navigation", "main", "search", "skip", "to", "content"))
"""Words of headings that only control the page."""

_ALIKE = 0.6
"""Share of the words of an h1 that a title has where it is the headline, among several."""

_SIGNS = r"|–—\-•·«»‹›:/<>~*\u2190-\u21ff\u2223\u22c5\u22c6\u23aa\u2500-\u27bf"
"""Signs that may stand between a headline and the name of the site, with blanks around them."""

_SEPARATOR = re.compile(
    rf" [{_SIGNS}]{{1,10}} | ?[|｜：\u2223\u2502\u2758\u3163－] ?|(?<=[\u2e80-\uffef])[:·_–—-]{{1,3}}(?=[^\s\d:·_–—-])"
)
"""In one line, where white space is folded; behind Han, kana and hangul, without blanks. U+3163, a letter, looks like a
bar in Korean."""

_SPACED_SEPARATOR = re.compile(r" [|\-:/<>~*]{1,10} | ?\| ?")
"""The same for lines in ASCII."""

_LONGEST_SECTION = 4
"""Characters of Han, kana or hangul that the name of a section has at most."""

_DAY = r"\s?[（(][^（()）]{0,12}\d[^（()）]{0,12}[)）]"
_BEFORE_SITE = re.compile(rf"(?:{_DAY})?\s?(?:[_|｜]|--|——?|–|-)\s?[^\s_|｜—–-]|{_DAY}$")
"""What stands between a headline and the names of section and site, also without a blank; with the day in brackets."""

_COLON = re.compile(r": ")
_MAX_COLONS = 10
"""Colons of a title that are tried; real ones have one or two."""

_JOINED = re.compile(r": | (?:by|from) ")
"""What joins the name of the site to a title in English."""

_LONGEST_KICKER = 5
"""Words that a kicker before a colon has at most; more of them tell something themselves."""

_FEWEST_WORDS = 3
"""Words of a part of a title that is more than a label or the name of a section."""


def strip_site(title: str, sites: Iterable[str | None]) -> str:
    """Remove the name of its site from either end of a title.

    >>> strip_site("Bridge opens | The Example Times", ["Example Times"])
    'Bridge opens'
    """
    names = names_of(tuple(sites))
    line = " ".join(title[:MAX_TITLE].split())
    parts = list((_SPACED_SEPARATOR if line.isascii() else _SEPARATOR).finditer(line))
    end, first = len(line), len(parts)
    for number in range(len(parts) - 1, -1, -1):  # the name may stand there twice
        last = line[parts[number].end() : end]
        if not _is_site(last, names) or not line[: parts[number].start()].strip():
            break
        end, first = parts[number].start(), number
    if end < len(line):
        return _without_section(line, parts[: first + 1])
    if parts:
        opening, rest = line[: parts[0].start()], line[parts[0].end() :]
        if letters(opening).removeprefix("the") in names and rest.strip():
            return rest.strip()
    return title


def _without_section(line: str, parts: Sequence[re.Match[str]]) -> str:
    """Return a title up to the name of its site, without sections that the same sign sets apart from it.

    A section is a short word of Han, kana or hangul: "大桥通车_时政_海州新闻"; or what stands behind "<".

    Args:
        line: the title.
        parts: what separates its parts, up to the name of its site.
    """
    *others, site = parts
    end = site.start()
    opened = line.find(" < ", 0, end)
    if opened > 0:
        return line[:opened].strip()
    for part in reversed(others):
        section = line[part.end() : end].strip()
        if part.group() != site.group() or len(section) > _LONGEST_SECTION or not all(map(is_wide, section)):
            break
        if measure_length(line[: part.start()]) <= LEAST_TITLE:
            break
        end = part.start()
    return line[:end].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The h1 of a page, in its order, each in one line.

    Attributes:
        lines: all of them.
        above: letters of those that readers see above the text, neither in a dialog nor below it.
        openings: letters of the beginnings of lines, up to where an element in the h1 begins or ends.
    """

    lines: list[str]
    above: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()


def choose_headline(
    titles: list[str], headings: Headings, sites: list[str | None], part: str | None = None
) -> str | None:
    """Choose the headline that readers see: the h1 that agrees with another title, or the only one; else a title.

    Args:
        titles: what the page calls itself, most trusted first.
        headings: its h1.
        sites: names of the site.
        part: a heading below h1 that is a title, or the longest part of one.
    """
    named = [strip_site(title, sites) for title in map(one_line, titles) if title]
    keys = [letters(title) for title in named]
    every = [line for line in map(one_line, headings.lines) if line]
    lines = [line for line in every if not is_site_part(letters(line), keys)]
    names = names_of(tuple(sites))
    for line in lines:
        key = letters(line)
        if is_telling(key) and any(title.startswith(key) for title in keys):
            is_long = keys[0] != key and len(keys[0]) > LEAST_TITLE and key.endswith(keys[0])
            if is_long or _is_behind_kicker(line, named[0], names):  # the others have the kicker, too
                return named[0]
            return strip_site(_find_end(line, lines, keys, names) or line, sites)
        for title, other in zip(named, keys, strict=True):
            if len(other) > LEAST_TITLE and (
                key.endswith(other)  # a kicker stands inside the h1
                or (key.startswith(other) and other in headings.openings)  # a line behind it does
            ):
                return title
            if _is_behind_kicker(line, title, names):
                return title
    own = {
        letters(line): line
        for line in lines
        if len(line) > 10 and letters(line).removeprefix("the") not in names and not _words(line) <= _CONTROLS
    }
    best = max(own.values(), key=lambda line: _likeness(line, named), default=None)
    of_site = [line for line in every if letters(line).removeprefix("the") in names]
    is_alone = len(own) == 1 and lines == every and (not of_site or len(every) - len(of_site) == 1)
    is_alike = best is not None and _likeness(best, named) >= _ALIKE
    if part and not is_alike:
        return strip_site(part, sites)
    if not (is_alone or is_alike):
        shown = [line for key, line in own.items() if any(key in other for other in headings.above)]
        is_named = not all(_is_site(title, names) for title in named)
        above = [line for line in shown if len(line) <= _LONGEST and (not is_named or share_word(line, named))]
        best = above[0] if len(shown) == len(above) == 1 and lines == every else None
    if best is not None:
        return strip_site(best, sites)
    return named[0] if named else next(iter(lines), None)


def _is_behind_kicker(line: str, title: str, names: frozenset[str]) -> bool:
    """Return whether a line is a title of more than one word with a kicker and a colon before it."""
    kicker = line.removesuffix(f": {title}")
    return (
        len(kicker) < len(line)
        and 1 <= len(kicker.split()) <= _LONGEST_KICKER
        and " " in title
        and letters(title).removeprefix("the") not in names
    )


def _find_end(line: str, lines: list[str], titles: list[str], names: frozenset[str]) -> str | None:
    """Return the later h1 that ends a title which a shorter one only begins, as a section does; None without one."""
    start = letters(line)
    long = [title for title in titles if title.startswith(start) and len(title) > 2 * len(start)]
    for other in lines[lines.index(line) + 1 :]:
        key = letters(other)
        if ends_title(key, start, long) and key.removeprefix("the") not in names:
            return other
    return None


def without_page_count(headline: str) -> str:
    """Return a headline without the page of the article that it counts.

    >>> without_page_count("港が開く（1/2 ページ）")
    '港が開く'
    """
    return (_PAGE_COUNT.sub("", headline) or headline) if headline.endswith((")", "）")) else headline


def is_title(headings: list[str], titles: list[str]) -> bool:
    """Return whether a title begins with a heading."""
    keys = [letters(title[:MAX_TITLE]) for title in titles]
    return any(is_telling(key) and any(other.startswith(key) for other in keys) for key in map(letters, headings))


def _likeness(line: str, titles: list[str]) -> float:
    """Return the share of the words of a line that a title has, of the title that has most."""
    words = _words(line)
    return max((len(words & _words(title)) / max(1, len(words)) for title in titles), default=0.0)


def share_word(line: str, titles: list[str]) -> bool:
    """Return whether a line has a longer word of a title."""
    words = set().union(*map(_words, titles))
    return any(len(word) >= _LONG_WORD for word in _words(line) & words)


def _words(line: str) -> set[str]:
    return set(re.findall(r"\w+", line[:MAX_TITLE].casefold()))


def choose_alternative(
    headline: str | None, titles: Iterable[str | None], sites: list[str | None], decks: Sequence[str | None] = ()
) -> str | None:
    """Choose another headline for the same article: a title that differs in more than punctuation and names.

    >>> choose_alternative("Bridge opens", ["Bridge opens! - News - The Post", "Watch the bridge open"], ["The Post"])
    'Watch the bridge open'

    Args:
        headline: the headline.
        titles: what else the page calls itself, most trusted first.
        sites: names of the site.
        decks: subheadline and description, which some pages declare as another headline.
    """
    own = letters(headline or "")
    if not own:
        return None
    names = names_of(tuple(sites))
    for title in map(one_line, titles):
        if not title or letters(title) in own:  # of most
            continue
        whole = without_page_count(strip_site(title, sites))
        line = _without_sections(whole, names)
        key = letters(line)
        if len(key) <= 8 or key in own or key.removeprefix("the") in names:
            continue
        if any(_is_labelled(one, own) for one in dict.fromkeys((line, whole))):
            continue
        if _is_followed_by_site(line, headline or ""):
            continue
        if all(key != letters(deck) for deck in map(one_line, decks) if deck):
            return line
    return None


def _is_followed_by_site(line: str, headline: str) -> bool:
    """Return whether a line is the headline and, behind a dash or bar, more: "大桥通车_海州新闻".

    In Han and kana, a blank may stand for the bar: "大橋が開通 写真1枚 海州新聞".
    """
    if not line.startswith(headline):
        return False
    rest = line[len(headline) :]
    is_blank = rest.startswith(" ") and is_wide(headline[0]) and 2 * len(rest) <= len(headline)
    return is_blank or _BEFORE_SITE.match(rest) is not None


def _without_sections(title: str, names: frozenset[str]) -> str:
    """Return a title without the sections behind "|", and without a site that "by", "from" or a colon joins to it.

    >>> _without_sections("New bridge opens | Local | All", frozenset()), _without_sections("| Local", frozenset())
    ('New bridge opens', '')
    >>> _without_sections("Bridge opens by The Post", frozenset(("post",)))
    'Bridge opens'
    """
    first, pipe, _ = title.partition("| ")
    line = first.strip() if pipe and (len(first.split()) >= _FEWEST_WORDS or not first.strip()) else title
    for found in list(_JOINED.finditer(line))[-1:]:
        part = line[found.end() :]
        if any(letters(name).removeprefix("the") in names for name in (part, part.replace(" and ", " "))):
            return line[: found.start()]
    return line


def _is_labelled(title: str, own: str) -> bool:
    """Return whether a title is the headline with a label: between separators, behind a kicker, or before a few words.

    Args:
        title: the title.
        own: letters of the headline.
    """
    if own in map(letters, _SEPARATOR.split(title)):
        return True
    return any(
        (own == letters(title[found.end() :]) and len(title[: found.start()].split()) <= _LONGEST_KICKER)
        or (own == letters(title[: found.start()]) and len(title[found.end() :].split()) < _FEWEST_WORDS)
        for found in islice(_COLON.finditer(title), _MAX_COLONS)
    )


def _is_site(part: str, names: frozenset[str]) -> bool:
    """Return whether a part of a title is a name of the site, or a piece of its host."""
    key = letters(part).removeprefix("the")
    return key in names or (len(key) >= _LONG_NAME and any(name.endswith(key) for name in names))


@lru_cache(maxsize=16)  # of one page for all of its titles
def names_of(sites: tuple[str | None, ...]) -> frozenset[str]:
    return frozenset(letters(site).removeprefix("the") for site in sites if site) - {""}
