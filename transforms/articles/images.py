"""The pictures of an article, with captions and credits."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from lxml.html import HtmlElement

from schemas.articles import ImageObject
from transforms.articles.blocks import MAX_ADDRESS, Block, Container, Picture, Structure
from transforms.articles.page_addresses import resolve
from transforms.articles.roles import Role
from transforms.urls import is_plain, split_url

MAX_IMAGES = 100
"""Most pictures that are kept of one article."""

MAX_PICTURES = 2_000
"""Most pictures of a page that are looked at."""

MAX_CAPTION = 1_000
"""Code points of a caption, credit or alternative text that are kept."""

MAX_CREDIT = 200
"""Code points of the longest credit line."""

MAX_AGENCY_WORDS = 8
"""Words of the longest last sentence of a caption that is a credit because it names an agency."""

MAX_CLASS = 200
"""Code points of a class that are looked at."""

MAX_SRCSET = 8_000
"""Code points of a srcset that are read."""

MAX_ABOVE = 12
"""Most containers around a picture that are searched for its figure."""

MAX_LEAD_BLOCKS = 12
"""Most blocks, such as bylines and buttons, between the lead picture and the text."""

LEAST_SIDE, LEAST_LONG_SIDE = 60, 120
"""Pixels, where the page states them: what is smaller is an icon."""

MIN_FILE_NAME = 10
"""Code points from which the name of a file is taken to be that of one picture alone."""

_MOST_OF_TEXT = 0.9
_LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-full-src", "data-hi-res-src", "data-image-src",
    "data-orig-file", "data-large-file",
)  # fmt: skip
_SRCSETS = ("data-srcset", "data-lazy-srcset", "srcset")
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

_FIGURE = int(Role.FIGURE | Role.CAPTION)
_NO_PICTURE = frozenset((
    "pixel", "spacer", "blank", "sprite", "placeholder", "favicon", "tracker", "tracking", "transparent", "loader",
    "spinner", "beacon", "gravatar",
))  # fmt: skip
_SMALL = frozenset((
    "logo", "logos", "icon", "icons", "avatar", "avatars", "emoji", "emojis", "badge", "headshot", "smilies", "smiley",
))  # fmt: skip
"""What pictures of news may be of, too; with a caption it is one of these."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|tiff?)$", re.IGNORECASE)
_SIZE = re.compile(
    r"(?:[-_.@](?:\d{2,4}x\d{2,4}|[wh]\d{2,4}|\d{2,4}[wh]|\dx|scaled|large|medium|small)|=[a-z]\d{1,4}[\w-]{0,40}){1,4}+$",
    re.IGNORECASE,
)
_CREDIT_CLASS = re.compile(
    r"credit|copyright|photographer|fotograf|attribution|quelle|(?:^|[\s_-])(?:source|byline|agency|rights)\b",
    re.IGNORECASE,
)
_CAPTION_LABEL = re.compile(r"(?:image caption|caption|legende|légende|bildunterschrift)\s?[:,]\s", re.IGNORECASE)
_NAME = r"(?:[^.:;!?()]|(?<=\b\w)\.|\.(?=\w)){2,120}+"
_LABEL = (
    r"(?:(?:file\s|handout\s)?(?:photo(?:s|graph|graphs|grapher|graphy)?|picture|pictures|pic|image|images|video|"
    r"foto(?:s|graf|grafin|grafía|grafia)?|fotó|fotografía|bild|bilder|bildquelle|bildnachweis|kuva|zdjęcie|fot\.|"
    r"фото|φωτογραφία|fotoğraf|ảnh|写真|照片|图片|圖|사진|صورة|crédits?|crédito|créditos|credits?|copyright|source|quelle|fuente|fonte|"
    r"bron|kilde|källa|źródło|източник|источник))"
)
_KIND = r"(?:\s(?:credit|courtesy|source|photo|image|foto))?"
_CREDIT = re.compile(
    rf"(?:(?:^|(?<=[.!?…\"”’»)|])\s?|\s?[|–—-]\s|\s(?=[(\[©]))(?P<credit>[(\[]?(?:{_LABEL}{_KIND}\s?[:/：]\s?{_NAME}"
    rf"|(?:photo|photograph|picture|image|images|photos|foto|fotos)\s(?:by|courtesy(?:\sof)?|via|von|de|di|par|af|av)\s{_NAME}"
    rf"|(?:©|\(c\)|copyright)\s?{_NAME})[)\]]?\.?)"
    rf"|\s(?-i:(?=[^\Wa-z\d_]))(?P<after>{_LABEL}{_KIND}\s?[:：]\s?{_NAME}))$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"\b(?:Reuters|AFP|AP|Associated Press|Getty(?: Images)?|EPA|EPA-EFE|EFE|ANSA|dpa|DPA|APA|AAP|PA|PA Wire|iStock|"
    r"Shutterstock|Alamy|Imago|IMAGO|Bloomberg|Keystone|Xinhua|TASS|Anadolu|NTB|TT|Ritzau|Scanpix|LaPresse|Lusa|ANP|"
    r"Belga|PTI|ANI|Kyodo|Yonhap|CTK|MTI|PAP|Unsplash|Pexels|Pixabay|Flickr|Wikimedia(?: Commons)?|NASA|Adobe Stock|"
    r"picture alliance)\b"
)
_BRACKET = re.compile(r"\s?[(\[](?P<credit>[^()\[\]]{2,120}+)[)\]]\.?$")
_LAST_PIECE = re.compile(r"(?:^|(?<=[.!?…”\"])\s|\s[|–—]\s)(?P<credit>(?:[^.!?…|]|(?<=\b\w)\.){2,100}+)\.?$")
_CREDIT_TAIL = 260


class _Figure(NamedTuple):
    """What stands with a picture in its figure."""

    caption: str | None = None
    credit: str | None = None


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """Split the credit line off the end of a caption; None for each that is not there.

    >>> split_credit("The new bridge at dusk. Photo: Jane Roe/Harbour Times")
    ('The new bridge at dusk.', 'Photo: Jane Roe/Harbour Times')
    >>> split_credit("© Sam Doe / AFP"), split_credit("Ships wait (Reuters)"), split_credit("Ships wait (again)")
    ((None, '© Sam Doe / AFP'), ('Ships wait', 'Reuters'), ('Ships wait (again)', None))
    """
    at = max(0, len(caption) - _CREDIT_TAIL)
    tail = caption[at:]
    found = _BRACKET.search(tail)
    if found is None or not (_AGENCY.search(found["credit"]) or _CREDIT.fullmatch(found["credit"])):
        found = _CREDIT.search(tail) or _LAST_PIECE.search(tail)
        if found is not None and found.re is _LAST_PIECE:
            words = found["credit"].split()
            found = found if len(words) <= MAX_AGENCY_WORDS and _AGENCY.search(found["credit"]) else None
    if found is None:
        return caption or None, None
    credit = found["credit"] or found["after"]
    rest = (caption[:at] + tail[: found.start()]).rstrip(" |–—-/([")
    return rest or None, credit.strip(" ()[]") or None


def find_images(
    structure: Structure, blocks: Sequence[Block], *, base: str | None, lead: str | None = None
) -> tuple[ImageObject, ...]:
    """Find the pictures of an article, in order; that which the page declares comes first where it shows it nowhere.

    Pictures of an article stand in the container that holds its text, or in a figure between headline and text.
    Icons, portraits of authors, pictures of teasers and pixels are left out. Takes time linear in pictures, containers
    and blocks.

    Args:
        structure: of the page.
        blocks: of the main text; those that are not of this page are passed over.
        base: address that relative ones are resolved against.
        lead: absolute address of the picture that the page declares as its own.
    """
    found: dict[str, ImageObject] = {}
    keys: set[str] = set()
    for picture, figure in _pictures(structure, blocks):
        url = _address(picture.element, base)
        if url is None or url in found:
            continue
        read = _read_figure(structure, figure) if figure is not None else _Figure()
        key = _file_key(url)
        if key in keys or _is_small(picture.element, url, has_caption=read.caption is not None):
            continue
        keys.add(key)
        alt = " ".join((picture.element.get("alt") or "")[:MAX_CAPTION].split())
        found[url] = ImageObject(url=url, caption=read.caption, credit=read.credit, alt=alt or None)
        if len(found) >= MAX_IMAGES:
            break
    images = tuple(found.values())
    if lead is None or _file_key(lead) in keys or lead in found or len(lead) > MAX_ADDRESS:
        return images
    if "#" in lead and not _PICTURE_FILE.search(split_url(lead).path):  # the id of a node of JSON-LD
        return images
    return (ImageObject(url=lead), *images)[:MAX_IMAGES]


def _pictures(structure: Structure, blocks: Sequence[Block]) -> Iterator[tuple[Picture, Container | None]]:
    """Yield the pictures in and right above the main text, each with its figure."""
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
    own = containers[main].roles
    for picture in islice(structure.pictures, MAX_PICTURES):
        is_inside = main <= picture.container < after
        if picture.block > last + 1 or (not is_inside and not above <= picture.block <= first):
            continue
        figure = _figure_of(containers, picture)
        has_caption = figure is not None and figure.end > figure.start
        beside = picture.roles & ~own & _BESIDE
        if beside & (~_IN_FIGURE if has_caption else -1):
            continue
        if figure is None and (not is_inside or _leads_elsewhere(picture.element)):
            continue
        yield picture, figure


def _main_container(structure: Structure, chosen: Sequence[int]) -> int:
    """Return the index of the smallest container of blocks that holds most of the main text."""
    sizes = [0] * len(structure.blocks)
    for at in chosen:
        sizes[at] = len(structure.blocks[at].text)
    sums = list(accumulate(sizes, initial=0))
    wanted = _MOST_OF_TEXT * sums[-1]
    best = len(structure.containers) - 1  # what stands further in comes later
    while best and sums[structure.containers[best].end] - sums[structure.containers[best].start] < wanted:
        best -= 1
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


def _read_figure(structure: Structure, figure: Container) -> _Figure:
    """Read caption and credit out of the blocks of a figure."""
    captions: list[str] = []
    credits: list[str] = []
    for block in structure.blocks[figure.start : min(figure.end, figure.start + 6)]:
        text = block.text[:MAX_CAPTION]
        if block.element is None or block.level or text in captions:
            continue
        is_marked = block.element.tag != "figcaption" and _CREDIT_CLASS.search(_class_of(block.element))
        if (is_marked and len(text) <= MAX_CREDIT) or split_credit(text)[0] is None:
            credits.append(text)
            continue
        for inner in islice(block.element.iterdescendants("span", "cite", "small", "em", "i", "b", "a"), 30):
            if _CREDIT_CLASS.search(_class_of(inner)):
                marked = " ".join("".join(islice(inner.itertext(), 50))[:MAX_CREDIT].split())
                if marked and text.endswith(marked):
                    credits.append(marked)
                    text = text[: -len(marked)].rstrip(" |–—-/")
                elif marked and text.startswith(marked):
                    credits.append(marked)
                    text = text[len(marked) :].lstrip(" |–—-/")
        if label := _CAPTION_LABEL.match(text):
            text = text[label.end() :]
        if text:
            captions.append(text)
    caption = " ".join(captions)[:MAX_CAPTION] or None
    credit = " ".join(dict.fromkeys(credits))[:MAX_CAPTION] or None
    if caption is not None and credit is None:
        caption, credit = split_credit(caption)
    return _Figure(caption, credit)


def _class_of(element: HtmlElement) -> str:
    return (element.get("class") or "")[:MAX_CLASS]


def _leads_elsewhere(element: HtmlElement) -> bool:
    """Return whether a picture is the link to another page, and not to a larger picture."""
    for above in islice(element.iterancestors(), 3):
        if above.tag == "a":
            written = (above.get("href") or "")[:MAX_ADDRESS]
            return bool(written) and written[:1] != "#" and not _PICTURE_FILE.search(split_url(written).path)
    return False


def _address(element: HtmlElement, base: str | None) -> str | None:
    """Return the largest of the addresses that an ``<img>`` gives, those for lazy loading included."""
    ranked: list[tuple[float, float, str]] = []
    holders = [element]
    for above in islice(element.iterancestors(), 20):  # to the parser, each source holds what follows it
        if above.tag not in ("source", "picture"):
            break
        holders.append(above)
        if above.tag == "picture":
            holders += islice(above.iterchildren("source"), 20)
    for holder in holders:
        for name in _SRCSETS:
            if written := holder.get(name):
                ranked += _candidates(written[:MAX_SRCSET])
    ranked += [(0.0, 0.0, written) for name in (*_LAZY, "src") if (written := element.get(name))]
    ranked.sort(key=lambda candidate: candidate[:2], reverse=True)  # stable: what is stated first stays first
    for _, _, written in ranked[:60]:
        if "{" in written or written.startswith("data:"):
            continue
        url = resolve(base, written)
        if url is not None and not _file_name(url).lower().endswith(".svg"):
            return url
    return None


def _candidates(srcset: str) -> Iterator[tuple[float, float, str]]:
    """Yield width, density and address of each candidate of a srcset (HTML, 4.8.4.2.1), at most 60.

    >>> list(_candidates("a.jpg 320w, b,c.jpg 640w,d.jpg 2x"))
    [(320.0, 0.0, 'a.jpg'), (640.0, 0.0, 'b,c.jpg'), (0.0, 2.0, 'd.jpg')]
    """
    words = srcset.split()[:200]
    words.reverse()
    number = 0
    while words and number < 60:
        url = words.pop().lstrip(",")
        if not url:
            continue
        number += 1
        if url.endswith(","):
            yield 0.0, 0.0, url.rstrip(",")
            continue
        width = density = 0.0
        while words:
            descriptor, comma, rest = words.pop().partition(",")
            try:
                value = float(descriptor[:-1][:10]) if descriptor[-1:] in ("w", "x") else 0.0
            except ValueError:
                value = 0.0
            if descriptor.endswith("w"):
                width = value
            elif descriptor.endswith("x"):
                density = value
            if comma:
                if rest:
                    words.append(rest)
                break
        yield width, density, url


def _is_small(element: HtmlElement, url: str, *, has_caption: bool) -> bool:
    """Return whether a picture is an icon, a portrait beside a name, or a pixel that counts readers."""
    sides = [int(side) for name in ("width", "height") if (side := (element.get(name) or "")[:6].strip()).isdigit()]
    if sides and (min(sides) < LEAST_SIDE or (len(sides) == 2 and max(sides) < LEAST_LONG_SIDE)):
        return True
    about = f"{_class_of(element)} {(element.get('id') or '')[:MAX_CLASS]} {_file_name(url)[:120]}"
    words = {word.lower() for word in _WORD.findall(about)}
    return not words.isdisjoint(_NO_PICTURE) or (not has_caption and not words.isdisjoint(_SMALL))


def _file_name(url: str) -> str:
    """Return the last step of the path of an address."""
    path = url.partition("?")[0] if is_plain(url) else split_url(url).path
    return path.rpartition("/")[2]


def _file_key(url: str) -> str:
    """Return what different sizes of one picture have in common: the name of the file without extension and size."""
    name = _file_name(url)[-200:]
    stem = _SIZE.sub("", _PICTURE_FILE.sub("", _PICTURE_FILE.sub("", name)))
    if len(stem) >= MIN_FILE_NAME:
        return stem
    parts = split_url(url)
    return f"{parts.netloc}{parts.path}" if stem != name else f"{parts.netloc}{parts.path}?{parts.query}"
