"""Which pictures of a page are those of its article."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import accumulate, islice
from operator import and_
from typing import NamedTuple

from lxml.html import HtmlElement

from schemas.articles import ImageObject
from transforms.articles.blocks import MAX_ADDRESS, Block, Container, Picture, Structure
from transforms.articles.cleaning.credit_lines import is_byline_line
from transforms.articles.images.addresses import (
    PICTURE_FILE,
    PictureName,
    file_key,
    file_name,
    name_picture,
    read_address,
)
from transforms.articles.images.captions import (
    MAX_CAPTION,
    MAX_CAPTIONS,
    MAX_CLASS,
    MAX_CREDIT,
    Caption,
    class_of,
    is_caption,
    read_caption,
)
from transforms.articles.roles import Role
from transforms.urls import split_url

MAX_IMAGES = 100
"""Most pictures that are kept of one article."""

MAX_PICTURES = 2_000
"""Most pictures of a page that are looked at."""

MAX_ABOVE = 12
"""Most containers around a picture that are searched for its figure."""

MAX_LEAD_BLOCKS = 12
"""Most blocks, such as bylines and buttons, between the lead picture and the text."""

MAX_BOXES = 4
"""Most containers around a picture, from the innermost on, in which its caption or the link of a teaser stands."""

MAX_IN_FIGURE = 6
"""Blocks of a figure that are read."""

LEAST_SIDE, LEAST_LONG_SIDE = 60, 120
"""Pixels, where the page states them: what is smaller is an icon."""

LEAST_PICTURE = 300
"""Pixels of both sides, where the page states them, from which the name of a file does not make a picture an icon."""

_MOST_OF_TEXT = 0.9
_TEXT_TAGS = frozenset(("p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "h1", "h2", "h3", "h4"))
"""Containers of words: pictures stand beside them."""

_BESIDE = int(
    Role.NAVIGATION
    | Role.FOOTER
    | Role.ASIDE
    | Role.FORM
    | Role.COMMENT
    | Role.RELATED
    | Role.SHARE
    | Role.NEWSLETTER
    | Role.BIOGRAPHY
    | Role.BYLINE
    | Role.ADVERTISEMENT
    | Role.DIALOG
)
_IN_FIGURE = int(Role.RELATED | Role.ASIDE)
"""What may be said of a gallery, too: a picture with a caption is not a teaser for it."""

_HEADER = int(Role.HEADER)
_FIGURE = int(Role.FIGURE | Role.CAPTION)
_OF_FIGURE, _MEDIA, _FOOTER, _LIST_ITEM = map(int, (Role.FIGURE, Role.MEDIA, Role.FOOTER, Role.LIST_ITEM))
_ELSEWHERE = int(
    Role.NAVIGATION | Role.FOOTER | Role.ASIDE | Role.COMMENT | Role.RELATED | Role.NEWSLETTER | Role.ADVERTISEMENT
)
"""Where a page shows its own picture again, but not as that of its article."""

_NO_PICTURE = frozenset((
    "pixel", "spacer", "blank", "sprite", "placeholder", "favicon", "tracker", "tracking", "transparent", "loader",
    "spinner", "beacon", "gravatar",
))  # fmt: skip
_SMALL = frozenset((
    "logo", "logos", "icon", "icons", "avatar", "avatars", "emoji", "emojis", "badge", "headshot", "smilies", "smiley",
))  # fmt: skip
"""What pictures of news may be of, too; with a caption it is one of these."""

_PORTRAIT = _SMALL | {"author", "byline"}
"""What a class or id says of icons and portraits."""

_LOGO = _NO_PICTURE | {"logo", "logos", "icon", "icons", "avatar"}
"""What a site declares as the picture of an article that has none."""

_LEAST_WORD = 4
"""Letters of a word that tells what a picture shows."""

_FOLDERS = frozenset((
    "author", "authors", "avatar", "avatars", "emoji", "emojis", "icons", "logos", "profile_images", "smilies",
))  # fmt: skip
"""Steps of the path of portraits and icons."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PART = re.compile(r"[0-9A-Za-z]+")


class _Placed(NamedTuple):
    """A picture that may be of the article, and the range of the blocks that stand with it."""

    picture: Picture
    start: int
    end: int
    is_figure: bool


def find_images(
    structure: Structure, blocks: Sequence[Block], *, base: str | None, lead: ImageObject | None = None
) -> tuple[ImageObject, ...]:
    """Find the pictures of an article, in order; that which the page declares comes first where it is not among them.

    Pictures of an article stand in the container that holds its text, or with a caption between headline and text.
    Icons, portraits of authors, pictures of teasers and pixels are left out. Takes time linear in pictures, containers
    and blocks.

    Args:
        structure: of the page.
        blocks: of the main text; those that are not of this page are passed over.
        base: address that relative ones are resolved against.
        lead: the picture that the page declares as its own; its address is absolute.
    """
    found: dict[str, ImageObject] = {}
    keys: dict[str, str] = {}
    captions: set[int] = set()
    for picture, start, end, is_figure in _pictures(structure, blocks):
        url = read_address(picture.element, base)
        if url is None or (picture.is_fallback and not is_figure and not _is_file(url)):
            continue
        is_taken = not is_figure and start in captions
        caption = Caption() if is_taken else read_caption(structure.blocks[start:end])
        key = file_key(url)
        if key in keys:
            first = found[keys[key]]
            if caption.credit is not None and first.credit is None:  # it stood in a player, too
                found[keys[key]] = replace(first, caption=caption.text, credit=caption.credit)
            continue
        if _is_small(picture.element, url, has_caption=caption.text is not None):
            continue
        if caption.text is not None and is_byline_line(caption.text):
            continue
        keys[key] = url
        captions.add(start)
        found[url] = _describe(picture, url, caption)
        if len(found) >= MAX_IMAGES:
            break
    images = tuple(found.values())
    if lead is None or len(lead.url) > MAX_ADDRESS:
        return images
    same, name = keys.get(file_key(lead.url)), None
    if same is None:
        name = name_picture(lead.url)
        same = keys.get(name.key) or next((url for url in found if name.is_same(name_picture(url))), None)
    if name is None or same is not None:
        return tuple(_complete(image, lead) if image.url == same else image for image in images)
    is_logo = _is_no_lead(lead.url)
    shown = _find_shown(structure, blocks, lead.url, name, base, is_logo=is_logo)
    if shown is None and is_logo and not _is_in_headline(structure, lead.url):
        return images
    return (_complete(shown or ImageObject(url=lead.url), lead), *images)[:MAX_IMAGES]


def _complete(image: ImageObject, lead: ImageObject) -> ImageObject:
    """Add the caption and credit that a page declares of its picture where it does not show them."""
    caption = lead.caption if image.caption is None and lead.caption != image.alt else image.caption
    credit = image.credit or (lead.credit[:MAX_CREDIT] if lead.credit else None)
    is_complete = caption == image.caption and credit == image.credit
    return image if is_complete else replace(image, caption=caption, credit=credit)


def _describe(picture: Picture, url: str, caption: Caption) -> ImageObject:
    alt = " ".join((picture.element.get("alt") or "")[:MAX_CAPTION].split())
    return ImageObject(url=url, caption=caption.text, credit=caption.credit, alt=alt or None)


def _find_shown(
    structure: Structure,
    blocks: Sequence[Block],
    lead: str,
    name: PictureName,
    base: str | None,
    *,
    is_logo: bool = False,
) -> ImageObject | None:
    """Find the picture that a page declares as its own where the page shows it, outside the text; None where nowhere.

    The row has it under the address that the page declares. What its name calls a logo is the site's where it leads to
    the home page, or stands in a header above the headline.
    """
    places = (at for at, block in enumerate(structure.blocks) if block.level == 1)
    title = next(places, len(structure.blocks)) if is_logo else 0
    stem = name.key.rpartition("/")[2].partition("?")[0]
    word = max(_PART.findall(stem[:MAX_CLASS]), key=len, default="")
    own = reduce(and_, (block.roles for block in blocks), _ELSEWHERE | _MEDIA)
    for picture in islice(structure.pictures, MAX_PICTURES) if word else ():
        elsewhere = picture.roles & _ELSEWHERE & ~own
        if elsewhere & ~_IN_FIGURE or not any(word in value[:MAX_ADDRESS] for value in picture.element.values()):
            continue
        url = read_address(picture.element, base)
        if url is None or not name.is_same(name_picture(url)) or _is_small(picture.element, url, has_caption=True):
            continue
        if is_logo and (_leads_home(picture.element) or (picture.roles & _HEADER and picture.block <= title)):
            continue
        figure = _figure_of(structure.containers, picture)
        start, end = _captions_of(structure, picture, figure, own)
        if not elsewhere or end > start:
            return _describe(picture, lead, read_caption(structure.blocks[start:end]))
    return None


def _is_no_lead(lead: str) -> bool:
    """Return whether what a page declares as its picture is the id of a node of JSON-LD, or a logo by its name."""
    if "#" in lead and not PICTURE_FILE.search(split_url(lead).path):
        return True
    return not _LOGO.isdisjoint(word.lower() for word in _WORD.findall(file_name(lead)[:MAX_CLASS]))


def _is_in_headline(structure: Structure, lead: str) -> bool:
    """Return whether the headline has what makes a picture a logo by its name, and another word of it."""
    named = {word.lower() for word in _WORD.findall(file_name(lead)[:MAX_CLASS])}
    titles = (block.text[:MAX_CAPTION] for block in structure.blocks if block.level == 1)
    shared = named & {word for title in titles for word in re.findall(r"\w+", title.lower())}
    return not shared.isdisjoint(_LOGO) and any(len(word) >= _LEAST_WORD for word in shared - _LOGO)


def _is_file(url: str) -> bool:
    return PICTURE_FILE.search(file_name(url)) is not None


def _pictures(structure: Structure, blocks: Sequence[Block]) -> Iterator[_Placed]:
    """Yield the pictures in and right above the main text, each with the range of blocks that stand with it."""
    taken = set(map(id, blocks))
    chosen = [place for place, block in enumerate(structure.blocks) if id(block) in taken]
    if not chosen:
        return
    containers = structure.containers
    main = _main_container(structure, chosen)
    after = _subtree_end(containers, main)
    first, last = chosen[0], chosen[-1]
    title = next(
        (at for at in range(first, max(-1, first - MAX_LEAD_BLOCKS), -1) if structure.blocks[at].level == 1), None
    )
    above = first - MAX_LEAD_BLOCKS if title is None else title
    begin = next((at for at in chosen if at >= containers[main].start), first)  # a lead may stand before the rest
    own = containers[main].roles
    for picture in islice(structure.pictures, MAX_PICTURES):
        is_inside = main <= picture.container < after
        if picture.block > last + 1 or (not is_inside and not above <= picture.block <= begin):
            continue
        figure = _figure_of(containers, picture)
        start, end = _captions_of(structure, picture, figure, own)
        has_caption = end > start
        # What stands between a figure and its picture lays the picture out.
        roles = figure.roles if figure is not None and has_caption else picture.roles
        if figure is not None:  # "bottom" is the place of its ornament
            roles &= ~(figure.own & _FOOTER)
        is_told = has_caption and not _is_link(structure.blocks[start:end])
        if roles & ~own & _BESIDE & (~_IN_FIGURE if is_told else -1):
            continue
        if has_caption and not is_told and roles & ~own & _LIST_ITEM and _leads_elsewhere(picture.element):
            continue
        if (
            figure is None
            and not has_caption
            and (not is_inside or _leads_elsewhere(picture.element) or _is_teaser(structure, picture, main, taken))
        ):
            continue
        yield _Placed(picture, start, end, figure is not None)


def _captions_of(structure: Structure, picture: Picture, figure: Container | None, own: int) -> tuple[int, int]:
    """Return the range of the blocks that are a picture's caption.

    They are those of its figure, unless it is the still of a player, which holds other words; or, without a figure,
    the captions right behind it, in one box with it.

    Args:
        structure: of the page.
        picture: one of it.
        figure: which holds it.
        own: roles of the text itself: a page of a player is not one.
    """
    blocks = structure.blocks
    if figure is not None:
        end = min(figure.end, figure.start + MAX_IN_FIGURE)
        is_player = bool(picture.roles & ~own & _MEDIA) and not any(map(is_caption, blocks[figure.start : end]))
        return figure.start, figure.start if is_player else end
    start = end = picture.block
    while end < min(start + MAX_CAPTIONS, len(blocks)) and is_caption(blocks[end]):
        if blocks[end].roles & ~picture.roles & _OF_FIGURE:  # that of another
            break
        end += 1
    index = picture.container
    for _ in range(MAX_BOXES):
        if end == start or index < 0:
            break
        container = structure.containers[index]
        if container.end > start:
            return start, min(end, container.end)
        index = container.parent
    return start, start


def _is_link(blocks: Sequence[Block]) -> bool:
    """Return whether half of some blocks or more is links."""
    return 2 * sum(block.link_chars for block in blocks) >= sum(len(block.text) for block in blocks)


def _is_teaser(structure: Structure, picture: Picture, main: int, taken: set[int]) -> bool:
    """Return whether the words beside a picture, in the smallest box that has any, are a link and not of the text."""
    index = picture.container
    for _ in range(MAX_BOXES):
        if index <= main:
            return False
        container = structure.containers[index]
        beside = structure.blocks[container.start : container.end]
        if beside:
            return _is_link(beside) and not any(id(block) in taken for block in beside)
        index = container.parent
    return False


def _main_container(structure: Structure, chosen: Sequence[int]) -> int:
    """Return the index of the smallest container of blocks that holds most of the main text."""
    sizes = [0] * len(structure.blocks)
    for at in chosen:
        sizes[at] = len(structure.blocks[at].text)
    sums = list(accumulate(sizes, initial=0))
    wanted = _MOST_OF_TEXT * sums[-1]
    middle = bisect_right(sums, sums[-1] / 2) - 1  # stands in each container that holds more than half
    best = max(0, structure.blocks[middle].container)
    while best and sums[structure.containers[best].end] - sums[structure.containers[best].start] < wanted:
        best = structure.containers[best].parent
    while best and structure.containers[best].tag in _TEXT_TAGS:
        best = structure.containers[best].parent
    return best


def _subtree_end(containers: Sequence[Container], index: int) -> int:
    """Return the index after the last container that stands within one."""
    depth = containers[index].depth
    after = index + 1
    while after < len(containers) and containers[after].depth > depth:
        after += 1
    return after


def _figure_of(containers: Sequence[Container], picture: Picture) -> Container | None:
    index = picture.container
    for _ in range(MAX_ABOVE):
        if index < 0:
            return None
        container = containers[index]
        if container.tag == "figure" or (container.own & _FIGURE and container.end - container.start <= 4):
            return container
        index = container.parent
    return None


def _leads_elsewhere(element: HtmlElement) -> bool:
    """Return whether a picture is the link to another page, and not to a larger picture."""
    for above in islice(element.iterancestors(), 3):
        if above.tag == "a":
            written = (above.get("href") or "")[:MAX_ADDRESS]
            return bool(written) and written[:1] != "#" and not PICTURE_FILE.search(split_url(written).path)
    return False


def _leads_home(element: HtmlElement) -> bool:
    """Return whether a picture is the link to the first page of a site."""
    link = next((above for above in islice(element.iterancestors(), 3) if above.tag == "a"), None)
    written = (link.get("href") or "")[:MAX_ADDRESS] if link is not None else ""
    return bool(written) and written[0] not in "#?" and split_url(written).path in ("", "/")


def _is_small(element: HtmlElement, url: str, *, has_caption: bool) -> bool:
    """Return whether a picture is an icon, a portrait beside a name, or a pixel that counts readers."""
    sides = [int(side) for name in ("width", "height") if (side := (element.get(name) or "")[:6].strip()).isdigit()]
    if 0 in sides and (element.get("srcset") or element.get("data-srcset") or element.getparent().tag == "picture"):
        sides = [side for side in sides if side]  # style sheets size it
    if sides and (min(sides) < LEAST_SIDE or (len(sides) == 2 and max(sides) < LEAST_LONG_SIDE)):
        return True
    is_large = len(sides) == 2 and min(sides) >= LEAST_PICTURE
    about = f"{class_of(element)} {(element.get('id') or '')[:MAX_CLASS]}"
    words = {word.lower() for word in _WORD.findall(about)}
    named = {word.lower() for word in _WORD.findall(file_name(url)[:120])}
    if not _NO_PICTURE.isdisjoint(words | named):
        return True
    if has_caption:
        return False
    is_icon = not is_large and not (_SMALL.isdisjoint(named) and _FOLDERS.isdisjoint(_folders(url)))
    return is_icon or not _PORTRAIT.isdisjoint(words)


def _folders(url: str) -> list[str]:
    return split_url(url).path.lower().split("/")[:20]
