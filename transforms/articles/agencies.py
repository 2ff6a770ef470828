"""The news agencies that are known, and the names of several."""

import re
from collections.abc import Iterable

from transforms.characters import is_wide
from transforms.package_data import load_json

_DATA = load_json(__package__, "agencies.json")
AGENCIES = frozenset(_DATA["agencies"])
"""Names of agencies as reports write them."""

PICTURE_AGENCIES: tuple[str, ...] = tuple(_DATA["pictures"])
"""Names that make a credit of the words around them in a caption.

Most initials among AGENCIES are not here: captions have them for other things, too.
"""

_BROADCASTERS = frozenset(name.casefold() for name in _DATA["broadcasters"])
LEAST_FOLDED = 6
"""Characters of the shortest name that is known in any case: "Ansa" is one, "ABC" is many things."""

MAX_PARTS = 8
"""Names in one credit at most."""

MAX_NAMES = 60
"""Authors and declared sources that are read at most."""


def _is_unspaced(name: str) -> bool:
    """Return whether a name is written without blanks before and behind it, at least at one end."""
    return is_wide(name[0]) or is_wide(name[-1])


_SAME = {name.casefold(): names[0].casefold() for names in _DATA["same"] for name in names}
"""Names of agencies that have several, folded, each with the first of them."""

_FOLDED = frozenset(name.casefold() for name in AGENCIES if len(name) >= LEAST_FOLDED)
PART = re.compile(r"\s?[/,+&;、・|•()]\s?|\s[–—-]\s|\s(?:and|und|et|y|e|og|och|i|и|та|ve|with|mit|avec|con|com)\s")
_SERVICE = re.compile(r"(?<=\bdpa)/(?:l(?:nw|by|sw|he|rs|th|no|ni)|sn|sa|bb|mv|be)\b")
"""The short names of services of dpa for parts of Germany."""

_BEHIND = re.compile(r"\s?(?:\([A-ZĐ]{2,10}(?:/[\w+]{2,12})?\)|/[A-ZĐ]{2,10})$")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1dff\u2c00-\U0010ffff]")
_BLANKS = bytes(byte if chr(byte).isalpha() and byte < 0x80 else 0x20 for byte in range(0x100))


def _ascii_words(text: str) -> list[bytes]:
    """Return the runs of ASCII letters of a text."""
    return text.encode("utf-8", "surrogatepass").translate(_BLANKS).split()


def _list_words() -> dict[bytes, list[frozenset[bytes]]]:
    """Return the words of each agency with a name in Latin script, by the longest, case folded; so are long names."""
    found: dict[bytes, list[frozenset[bytes]]] = {}
    for name in AGENCIES:
        words = _ascii_words(name.casefold() if len(name) >= LEAST_FOLDED else name)
        if words:
            found.setdefault(max(words, key=len).lower(), []).append(frozenset(words))
    return found


_BY_WORD = _list_words()
_TELLING = frozenset(_BY_WORD)
EDGES = " \t\"'“”„«»‘’()[]（）【】［］*_–—-=·•.。,;:：/"


def any_pattern(forms: Iterable[str]) -> str:
    """Return a pattern for any of some patterns, longer ones first, with either apostrophe."""
    return "|".join(sorted(forms, key=len, reverse=True)).replace("'", "['’]")


_ARTICLE = re.compile(rf"(?:(?:{any_pattern(_DATA['articles'])})(?:\s|(?<=['’])))+", re.IGNORECASE)
UNSPACED = tuple(sorted(filter(_is_unspaced, AGENCIES), key=len, reverse=True))
"""Agencies whose names are written without blanks, longer ones first."""


def is_agency(name: str) -> bool:
    """Return whether a name is that of an agency, as reports write it.

    >>> is_agency("dpa"), is_agency("ASSOCIATED PRESS"), is_agency("Pa")
    (True, True, False)
    """
    return name in AGENCIES or (len(name) >= LEAST_FOLDED and name.casefold() in _FOLDED)


def is_newsroom(name: str) -> bool:
    """Return whether a name is that of an agency or a broadcaster, also with what a hyphen adds to its initials.

    >>> is_newsroom("dpa-infocom"), is_newsroom("BBC"), is_newsroom("Sid")
    (True, True, False)
    """
    initials, hyphen, more = name.partition("-")
    return (
        is_agency(name)
        or name.casefold() in _BROADCASTERS
        or (bool(hyphen) and more.isalnum() and not initials.istitle() and is_newsroom(initials))
    )


def find_agency(name: str) -> str | None:
    """Return an agency of "Reuters", "the AP" or "dpa/AFP" as it is written; None where anything else is named.

    >>> find_agency("dpa/AFP"), find_agency("l'AFP"), find_agency("dpa/lnw"), find_agency("Reuters and Jane Roe")
    ('dpa/AFP', 'AFP', 'dpa', None)
    """
    name = _SERVICE.sub("", name.strip(EDGES))
    if is_agency(name):
        return name
    name = without_article(name)
    for parts in (PART.split(name, maxsplit=MAX_PARTS), name.split("-", MAX_PARTS)):
        if len(parts) < MAX_PARTS and all(is_agency(without_article(part.strip())) for part in parts):
            return name
    return None


def without_agency(line: str) -> str:
    """Return a line without the initials that stand behind a name for the agency, in brackets or behind a slash.

    >>> without_agency("Jane Roe (AP)"), without_agency("Nguyễn Văn An (TTXVN/Vietnam+)"), without_agency("Jane Roe/AP")
    ('Jane Roe', 'Nguyễn Văn An', 'Jane Roe')
    """
    return _BEHIND.sub("", line)


def may_name_agency(lines: Iterable[str]) -> bool:
    """Return whether the words of an agency stand in some lines, or another script than Latin; most have neither."""
    whole = "\n".join(lines)
    if not whole.isascii() and _OTHER_SCRIPT.search(whole):
        return True
    folded = _ascii_words(whole.casefold())
    if _TELLING.isdisjoint(folded):
        return False
    words = {*_ascii_words(whole), *folded}
    return any(name <= words for word in _TELLING & words for name in _BY_WORD[word])


def join_agencies(agencies: Iterable[str]) -> str:
    """Join the names of agencies, each agency once, by its first name.

    >>> join_agencies(["Anadolu Ajansı", "AA", "AFP", "afp"])
    'Anadolu Ajansı/AFP'
    """
    found: dict[str, str] = {}
    for agency in agencies:
        key = agency.casefold()
        found.setdefault(_SAME.get(key, key), agency)
    return "/".join(found.values())


def without_article(name: str) -> str:
    """Return a name without the article, or the word for an agency, before it: "l'AFP", "Agentur Reuters"."""
    found = _ARTICLE.match(name)
    return name[found.end() :].strip(EDGES) if found and name not in AGENCIES else name


def join_names(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return the names that are there, each once, at most MAX_NAMES."""
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_NAMES]
