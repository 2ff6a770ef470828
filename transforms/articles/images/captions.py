"""Captions of pictures, and the credits that stand in them."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from transforms.articles.agencies import PICTURE_AGENCIES
from transforms.articles.blocks import Block, Structure
from transforms.articles.images.addresses import PICTURE_FILE
from transforms.articles.name_forms import PARTICLES
from transforms.articles.roles import Role

MAX_CAPTION = 1_000
"""Code points of a caption, credit or alternative text that are kept."""

MAX_CAPTIONS = 3
"""Most blocks behind a picture without a figure that are its caption and its credit."""

MAX_CREDIT = 200
"""Code points of the longest credit line."""

MIN_CAPTION_WORDS = 6
"""Words before a credit from which both stand in one element, though its class speaks of the credit alone."""

MAX_AGENCY_WORDS = 8
"""Words of the longest last sentence of a caption that is a credit because it names an agency."""

MAX_CLASS = 200
"""Code points of a class that are looked at."""

_BYLINE, _TABLE = int(Role.BYLINE), int(Role.TABLE)
_CREDIT_CLASS = re.compile(
    r"credit|copyright|photographer|fotograf|attribution|quelle|(?:^|[\s_-])(?:source|byline|agency|rights)\b",
    re.IGNORECASE,
)
_CAPTION_LABEL = re.compile(r"(?:image caption|caption|legende|légende|bildunterschrift)\s?[:,]\s", re.IGNORECASE)
_DOT = r"(?<=\b\w)\.|(?<=\b(?:dr|st))\.|(?<=\b(?:prof|dept))\.|\.(?=\w)"
"""A dot that ends no sentence: of an initial, of what always stands before a name, of a domain."""
_NAME = rf"(?:[^.:;!?()]|{_DOT}){{2,120}}+"
_LABEL = (
    r"(?:(?:file\s|handout\s)?(?:photo(?:s|graph|graphs|grapher|graphy)?|picture|pictures|pic|image|images|video|"
    r"foto(?:s|graf|grafin|grafía|grafia)?|fotó|fotografía|illustrations?|ilustración|ilustração|grafik|imagem|imagens|imagen|imágenes|bild|bilder|bildquelle|"
    r"bildnachweis|kuva|zdjęcie|фото|φωτογραφία|fotoğraf|ảnh|写真|照片|图片|图源|圖|摄影|撮影|사진|صورة|تصوير|عکس|תמונה|צילום|ছবি|ภาพ|फोटो|फ़ोटो|picha|crédits?|crédito|créditos|"
    r"credits?|copyright|source|quelle|fuente|fonte|bron|kilde|källa|źródło|източник|источник|来源))"
)
_KIND = r"(?:\s(?:credits?|courtesy|source|photo|image|foto))?"
_AFTER_LABEL = r"(?:\s?[:/：]|\s?\.{3}|\s?…)"
_CREDIT = re.compile(
    rf"(?:(?:^|(?<=[.!?…\"”’»)|。！？])\s?|\s?[|–—-]\s|\s(?=[(\[©]))(?P<credit>[(\[]?(?:{_LABEL}{_KIND}{_AFTER_LABEL}\s?{_NAME}"
    rf"|(?:photo|photograph|picture|image|images|photos|foto|fotos)\s(?:by|courtesy(?:\sof)?|via|von|de|di|par|af|av)\s{_NAME}"
    rf"|(?<=[–—]\s)via\s{_NAME}|fot\.\s{_NAME}|(?:©|\(c\)|copyright)\s?{_NAME})[)\]]?\.?)"
    rf"|\s(?-i:(?=[^\Wa-z\d_]))(?P<after>{_LABEL}{_KIND}\s?[:：]\s?{_NAME}))$",
    re.IGNORECASE,
)
_AGENCY = re.compile(rf"\b(?:{'|'.join(PICTURE_AGENCIES)})\b")
_BRACKET = re.compile(r"\s?[(\[](?P<credit>[^()\[\]]{2,120}+)[)\]]\.?$")
_OWN_PHOTO = re.compile(r"(?!FILE\b)[A-Z]{2,6}\s(?:[Ff]ile\s)?(?:[Pp]hotos?|[Ii]mages?|[Ff]otos?)")
"""A publisher in capitals and what it made, as in "(HT Photo)"."""
_LAST_PIECE = re.compile(
    r"(?:^|(?<=[.!?…”\"])\s|\s[|–—]\s)"
    r"(?P<credit>(?:/[\w-]{1,40}(?:\.[\w-]{1,40})++|[^.!?…|]|(?<=\b\w)\.){2,100}+)\.?$"  # "Imago/Harbour.example"
)
_IN_CREDITS = PARTICLES | frozenset((
    "for", "via", "by", "of", "on", "the", "from", "through", "courtesy", "file", "files", "pool", "handout", "photo",
    "photos", "picture", "pictures", "image", "images", "pic", "pics", "video", "stock", "archive", "archives",
    "alliance", "dpa", "credit", "credits", "source", "screengrab", "screenshot", "illustration", "foto", "fotos",
    "bild", "bilder", "archiv", "archivo", "für", "les", "par", "pour", "por", "para", "per", "en", "för", "fotó",
    "kuva", "zdj", "arch", "фото", "архив", "для", "через", "από", "για", "and", "et", "i", "och", "og", "ja", "и",
))  # fmt: skip
"""Words in lower case that stand in a credit beside an agency: of names, and of how a picture came.

Not all words for "and" are among them: "a" and "with" stand in sentences about an agency.
"""
_CREDIT_TAIL = 260


class Caption(NamedTuple):
    """What stands with a picture in its figure."""

    text: str | None = None
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
    if found is None or not _is_credit(found["credit"]):
        found = _CREDIT.search(tail) or _LAST_PIECE.search(tail)
        if found is not None and found.re is _LAST_PIECE:
            found = found if _names_agency(found["credit"]) else None
    if found is None:
        return caption or None, None
    credit = found["credit"] or found["after"]
    rest = (caption[:at] + tail[: found.start()]).rstrip(" |–—-/([")
    return rest or None, credit.strip(" ()[]") or None


def _names_agency(words: str) -> bool:
    """Return whether a few words are an agency, names, and what is said of pictures; a sentence about one is not."""
    pieces = words.split()
    return (
        len(pieces) <= MAX_AGENCY_WORDS
        and _AGENCY.search(words) is not None
        and all(not piece[0].islower() or piece in _IN_CREDITS or not piece.isalpha() for piece in pieces)
    )


def _is_credit(words: str) -> bool:
    """Return whether words in brackets are a credit."""
    is_named = _AGENCY.search(words) or _CREDIT.fullmatch(words) or _OWN_PHOTO.fullmatch(words)
    return is_named is not None


def is_caption(block: Block) -> bool:
    """Return whether a block outside figures is the caption or the credit of the picture before it."""
    if block.element is None or block.level or block.tag == "caption":
        return False
    return block.kind == "caption" or (
        len(block.text) <= MAX_CREDIT
        and not block.roles & _BYLINE
        and _CREDIT_CLASS.search(class_of(block.element)) is not None
    )


def find_captions(structure: Structure) -> Iterator[Block]:
    """Yield the captions that stand right behind a picture, up to the next block that is none. Takes linear time."""
    blocks = structure.blocks
    for picture in structure.pictures:
        for block in blocks[picture.block : picture.block + MAX_CAPTIONS]:
            if block.kind != "caption" or block.roles & _TABLE:
                break
            yield block


def read_caption(blocks: Sequence[Block]) -> Caption:
    """Read caption and credit out of the blocks that stand with a picture."""
    captions: list[str] = []
    credits: list[str] = []
    for block in blocks:
        text = block.text[:MAX_CAPTION]
        if block.element is None or block.level or text in captions or PICTURE_FILE.search(text):
            continue
        is_marked = block.element.tag != "figcaption" and _CREDIT_CLASS.search(class_of(block.element))
        marked = [] if is_marked else _marked_in(block.element, text)
        for one in marked:
            is_last = text.endswith(one)
            rest = text[: -len(one)] if is_last else text[len(one) :]
            is_sold = not is_last and rest.lstrip().startswith("/")  # whose picture it is, and who sells it
            credits.append(_without_brackets((text if is_sold else one).lstrip("/ ")))
            text = "" if is_sold else rest.strip(" |–—-/")
        words, credit = (text, None) if marked else split_credit(text)
        is_both = words is not None and credit is not None and len(words.split()) >= MIN_CAPTION_WORDS
        if (is_marked and len(text) <= MAX_CREDIT and not is_both) or words is None:
            credits.append(_without_brackets(text))
            continue
        if label := _CAPTION_LABEL.match(text):
            text = text[label.end() :]
        if any(map(str.isalnum, text)):
            captions.append(text)
    caption = " ".join(captions)[:MAX_CAPTION] or None
    credit = " ".join(dict.fromkeys(credits))[:MAX_CAPTION] or None
    return Caption(*split_credit(caption)) if caption is not None and credit is None else Caption(caption, credit)


def _marked_in(element: HtmlElement, text: str) -> list[str]:
    """Return the credits at the ends of a caption that an element in it marks, from the outside in.

    Its class, property or tag says so; or it is the last one, and holds a credit and little else.
    """
    found: list[str] = []
    for inner in islice(element.iterdescendants("span", "cite", "small", "em", "i", "b", "a"), 30):
        words = _read_marked(inner, text) or _read_last(inner, text)
        if words and text.endswith(words):
            found.append(words)
            text = text[: -len(words)].rstrip(" |–—-/")
        elif words and text.startswith(words):
            found.append(words)
            text = text[len(words) :].lstrip(" |–—-/")
    return found


def _read_marked(inner: HtmlElement, text: str) -> str:
    """Return the words of an element in a caption whose class, property or tag says that it is the credit; else ''."""
    about = f"{class_of(inner)} {(inner.get('itemprop') or '')[:MAX_CLASS]}"
    is_marked = _CREDIT_CLASS.search(about) is not None
    if not is_marked and inner.tag not in ("cite", "small"):
        return ""
    words = " ".join("".join(islice(inner.itertext(), 50))[:MAX_CREDIT].split())
    return words if is_marked or not (words == text or words.endswith((".", "!", "?"))) else ""


def _read_last(inner: HtmlElement, text: str) -> str:
    """Return the words of an element that ends a caption where a credit is in them and little else; else ''."""
    if inner.tag == "a" or (inner.tail and not inner.tail.isspace()):
        return ""
    words = " ".join("".join(islice(inner.itertext(), 50))[:MAX_CREDIT].split())
    is_last = 0 < len(words) < len(text) and text.endswith(words) and len(words.split()) <= MAX_AGENCY_WORDS
    name, credit = split_credit(words) if is_last else (None, None)
    if credit is None or (name is not None and name.endswith((".", "!", "?", "…"))):
        return ""
    whole = split_credit(text)[1]  # the credit may begin before the element
    return "" if whole is not None and len(whole) > len(words) else words


def _without_brackets(credit: str) -> str:
    """Return a credit without the brackets around all of it."""
    return credit[1:-1].strip() if credit[0] in "([" and credit[-1] in ")]" and len(credit) > 2 else credit


def class_of(element: HtmlElement) -> str:
    """Return the class of an element, or its beginning."""
    return (element.get("class") or "")[:MAX_CLASS]
