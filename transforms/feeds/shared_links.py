"""Entries of a feed whose link does not identify them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from schemas.documents import Entry
from transforms.characters import unescape
from transforms.identity import fold
from transforms.urls import canonical_url, fragment_of, is_front_page

LEAST_CHARS = 50
"""Shortest text of an entry that stands for the article; as for a page."""

_LOOK_AT = 20_000
_MARKUP = re.compile(r"<[^<>]*>")


class _Said(NamedTuple):
    """What an entry says that is not its link; two entries with the same are copies."""

    guid: str
    title: str
    text: str


def tell_apart(entries: Sequence[Entry], *, site_url: str | None) -> tuple[Entry, ...]:
    """Set ``told_by`` of each entry whose link does not identify it. Order and number stay.

    A link does not identify an entry where it is the home page of the feed or the root of a site, or where another
    entry of the feed has the link and is another article: its guid differs, and its title or its text; or, where the
    guids do not differ, title and text both do. Fragments are not part of the link here. Such an entry is identified
    by its fragment, where each of the different entries has one of its own; else by its guid, where no other article
    has it, too; else by its text. The one entry without a fragment among those with fragments keeps the address, if
    that is not a home page.

    Entries that have neither content nor summary are left as they are: the page is all that is known of them.
    Linear in the number of entries.

    Args:
        entries: all of one feed.
        site_url: address of the site, as the feed gives it.
    """
    home = _canonical(site_url)
    groups: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        link = _canonical(entry.url)
        if link is not None and has_text(entry):
            groups.setdefault(link, []).append(place)
    found = list(entries)
    for link, places in groups.items():
        said = [_said(entries[place], link) for place in places]
        is_home = link == home or is_front_page(link)
        if not is_home and not _are_different(said):
            continue
        told = _choose([entries[place] for place in places], said, is_home=is_home)
        for place, told_by in zip(places, told, strict=True):
            found[place] = replace(entries[place], told_by=told_by)
    return tuple(found)


def has_text(entry: Entry) -> bool:
    """Return whether a feed says more of an article than its title."""
    return bool((entry.content_html or "").strip() or (entry.summary_html or "").strip())


def has_enough_text(entry: Entry) -> bool:
    """Return whether what a feed says of an article is long enough to be read in the place of a page."""
    markup = max(entry.content_html or "", entry.summary_html or "", key=len)
    return len(" ".join(unescape(_MARKUP.sub(" ", markup[:_LOOK_AT])).split())) >= LEAST_CHARS


def says_the_same(entry: Entry, other: Entry) -> bool:
    """Return whether two entries have one title and text, and some text."""
    return has_text(entry) and _said(entry, "")[1:] == _said(other, "")[1:]


def own_guid(entry: Entry, link: str) -> str:
    """Return the guid of an entry; empty where it has none, or one that says no more than its link does.

    Args:
        link: canonical address of the entry, without fragment.
    """
    guid = (entry.entry_id or "").strip()
    is_link = guid[:8].lower().startswith(("http://", "https://")) and not fragment_of(guid)
    return "" if is_link and _canonical(guid) == link else guid


def _said(entry: Entry, link: str) -> _Said:
    text = f"{entry.content_html or ''}\x1f{entry.summary_html or ''}"
    return _Said(own_guid(entry, link), fold(entry.title or ""), fold(text))


def _are_different(said: Sequence[_Said]) -> bool:
    guids, titles, texts = (len(set(values)) for values in zip(*said, strict=True))
    if guids > 1:
        # Two of them then differ in guid and in the rest, too.
        return titles > 1 or texts > 1
    has_titles = any(one.title for one in said)
    return texts > 1 and (titles > 1 or not (has_titles or said[0].guid))


def _choose(entries: Sequence[Entry], said: Sequence[_Said], *, is_home: bool) -> list[str | None]:
    fragments = [fragment_of(entry.url or "") for entry in entries]
    different = set(said)
    owners_of_fragment = Counter(fragment for fragment, _ in set(zip(fragments, said, strict=True)))
    by_guid: dict[str, list[_Said]] = {}
    for one in different:
        by_guid.setdefault(one.guid, []).append(one)
    is_guid = {guid for guid, ones in by_guid.items() if guid and not _are_different(ones)}
    by_fragment = len(different) > 1 and all(count == 1 for count in owners_of_fragment.values())
    told: list[str | None] = []
    for one, fragment in zip(said, fragments, strict=True):
        if by_fragment and (fragment or not is_home):
            told.append("fragment" if fragment else None)
        elif one.guid in is_guid:
            told.append("guid")
        else:
            # Nothing shows that the fragment of an entry that is alone identifies it among later ones.
            told.append("fragment" if fragment and len(different) == 1 else "text")
    return told


def _canonical(url: str | None) -> str | None:
    try:
        return canonical_url(url) if url else None
    except ValueError:
        return None
