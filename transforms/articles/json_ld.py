"""What the JSON-LD of a page says of its article."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import orjson
from lxml.html import HtmlElement

from transforms.articles.facts import MAX_TEXT, Facts, NamedAuthor, OneName, split_keywords
from transforms.articles.folding import letters
from transforms.characters import unescape
from transforms.parsers import JsonDecoder, NestingError
from transforms.urls import split_url

MAX_SCRIPT = 2_000_000
"""Characters of one block that are read; blocks of real pages are a few thousand long."""

MAX_SCRIPTS = 100
"""How many blocks are read at most."""

_MAX_DEPTH = 12
_MAX_NODES = 5_000
_MAX_VALUES = 200
_MAX_AUTHORS = 50
_MAX_FAILURES = 20
_MAX_SALVAGED = 200_000
_MAX_TYPES = 50

_TYPE_RANK = {
    "webpage": 1, "itempage": 1, "collectionpage": 0, "videoobject": 1, "creativework": 2, "podcastepisode": 1,
    "recipe": 2, "howto": 2, "product": 0, "socialmediaposting": 3, "discussionforumposting": 3, "review": 2,
    "techarticle": 4, "scholarlyarticle": 4, "medicalscholarlyarticle": 4, "report": 4, "blogposting": 4,
    "liveblogposting": 4, "article": 5,
}  # fmt: skip
_NESTS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "item", "itemReviewed")
_SOURCES = ("sourceOrganization", "provider", "creditText", "copyrightHolder")
_WRAP = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*$"
)
_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'  # one without an end goes to the end, so that none is tried twice
_COMMENTS = re.compile(rf"({_STRING})|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)", re.DOTALL)
_COMMAS = re.compile(rf"({_STRING})|,(?=\s*+[}}\],])", re.DOTALL)
_WRONG_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_VALUE = re.compile(r"[\[{]")
_TAGS = re.compile(r"<[^<>]{1,500}>")
_ARTICLE_TYPE = re.compile(r'"@type"\s{0,20}:\s{0,20}\[?\s{0,20}"[A-Za-z]{0,40}?(?:Article|BlogPosting|Posting)"')
_FIELD = re.compile(r'\s{0,20}:\s{0,20}"((?:[^"\\]|\\.){1,2000})"', re.DOTALL)
_AUTHORS = re.compile(r'\s{0,20}:\s{0,20}(\[[^\]]{0,1000}\]|\{[^}]{0,1000}\}|"[^"]{0,200}")')
_NAME = re.compile(r'"name"\s{0,20}:\s{0,20}"([^"\\]{2,100})"')


class PageIdentity(NamedTuple):
    """What a page says of itself elsewhere; of several articles in its JSON-LD, the one that agrees is its own."""

    urls: Sequence[str] = ()
    """Addresses of the page: requested, canonical, og:url."""
    titles: Sequence[str] = ()
    """Its headings and titles."""


def _parse(text: str) -> list[Any]:
    """Parse whatever JSON values are in a block; return none where nothing can be read."""
    text = text.strip().lstrip("\ufeff")
    try:
        return [orjson.loads(text)]
    except ValueError:
        pass
    text = _WRAP.sub("", _WRAP.sub("", text)).strip().rstrip(";")
    if text.startswith(("{&quot;", "[{&quot;", "{ &quot;", "{\n&quot;")):
        text = unescape(text)
    found, is_whole = _decode_values(text)
    if not is_whole:
        more, is_whole = _decode_values(_repair(text))
        found = more if len(more) >= len(found) else found
    if not is_whole and not any(_rank(node) > 1 for node in _nodes(found)):
        salvaged = _salvage(text[:_MAX_SALVAGED])
        found += [salvaged] if salvaged else []
    return found


def _decode_values(text: str) -> tuple[list[Any], bool]:
    """Decode JSON values that follow each other, and say whether nothing else stands in the text."""
    decoder = JsonDecoder(strict=False)
    found: list[Any] = []
    failures = 0
    start = 0
    while len(found) < _MAX_VALUES and failures < _MAX_FAILURES:
        match = _VALUE.search(text, start)
        if match is None:
            break
        try:
            value, start = decoder.raw_decode(text, match.start())
            found.append(value)
        except NestingError:
            return found, False
        except ValueError as error:
            failures += 1
            start = max(match.end(), getattr(error, "pos", 0))
    return found, failures == 0 and bool(found)


def _repair(text: str) -> str:
    """Remove comments, commas too many, and escapes that JSON does not have; strings stay as they are."""
    text = _COMMENTS.sub(lambda match: _WRONG_ESCAPE.sub("", match[1]) if match[1] else " ", text)
    return _COMMAS.sub(lambda match: match[1] or "", text)


def _salvage(text: str) -> dict[str, Any] | None:
    """Read the few fields that matter out of JSON that does not parse."""
    if not _ARTICLE_TYPE.search(text):
        return None
    node: dict[str, Any] = {"@type": "Article"}
    for name in ("headline", "datePublished", "dateModified", "description", "articleSection"):
        match = _first_match(_FIELD, f'"{name}"', text)
        if match:
            node[name] = match.group(1).replace('\\"', '"').replace("\\/", "/")
    authors = _first_match(_AUTHORS, '"author"', text)
    if authors:
        names = _NAME.findall(authors.group(1))
        node["author"] = names or ([authors.group(1).strip('"')] if authors.group(1).startswith('"') else [])
    return node


def _first_match(form: re.Pattern[str], key: str, text: str) -> re.Match[str] | None:
    """Return the first of some places behind a key that has the form."""
    start = 0
    for _ in range(_MAX_FAILURES):
        place = text.find(key, start)
        if place < 0:
            return None
        match = form.match(text, place + len(key))
        if match:
            return match
        start = place + len(key)
    return None


def _nodes(values: Any) -> list[dict[str, Any]]:
    """Return the objects that may be the article, in the order of the page."""
    found: list[dict[str, Any]] = []
    stack: list[tuple[Any, int]] = [(values, 0)]
    steps = 0
    while stack and steps < 4 * _MAX_NODES and len(found) < _MAX_NODES:
        value, depth = stack.pop()
        steps += 1
        if depth > _MAX_DEPTH:
            continue
        if isinstance(value, list):
            stack.extend((item, depth + 1) for item in reversed(value[:_MAX_NODES]))
        elif isinstance(value, dict):
            found.append(value)
            inner = [value[name] for name in _NESTS if isinstance(value.get(name), dict | list)]
            stack.extend((item, depth + 1) for item in reversed(inner))
    return found


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    kinds = kinds[:20] if isinstance(kinds, list) else [kinds]
    return [kind[:200].rsplit("/", 1)[-1].removeprefix("schema:") for kind in kinds if isinstance(kind, str)]


def _rank(node: dict[str, Any]) -> int:
    best = 0
    for kind in _types(node):
        name = kind.lower()
        best = max(
            best,
            6
            if name.endswith("newsarticle")
            else 5
            if name.endswith("article") and name not in _TYPE_RANK
            else _TYPE_RANK.get(name, 0),
        )
    return best


def text_of(value: Any, depth: int = 0) -> str | None:
    """Read one line of plain text from a JSON-LD value, cut at MAX_TEXT; None when there is none."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return next((text for item in value[:20] if (text := text_of(item, depth + 1))), None)
    if isinstance(value, dict):
        return text_of(value.get("@value") or value.get("name"), depth + 1)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value) if isinstance(value, float) or abs(value) < 10**20 else None
    if not isinstance(value, str):
        return None
    text = unescape(unescape(value[:MAX_TEXT]))
    return " ".join(_TAGS.sub(" ", text).split()) or None if "<" in text else " ".join(text.split()) or None


def _texts(value: Any, max_count: int = 200) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for text in map(text_of, items[:max_count]) if text]


def _address(value: Any, depth: int = 0) -> str | None:
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return next((found for item in value[:20] if (found := _address(item, depth + 1))), None)
    if isinstance(value, dict):
        return _address(value.get("url") or value.get("contentUrl") or value.get("@id"), depth + 1)
    if not isinstance(value, str):
        return None
    text = value[:MAX_TEXT].strip()
    return text if text.startswith(("http://", "https://", "//")) else None


def _picture(value: Any, by_id: dict[str, dict[str, Any]]) -> tuple[str | None, dict[str, Any]]:
    """Return the address of the first picture, and its node; a node may be named by its id.

    The id of a node is an address of the page with a fragment, or that of the picture.
    """
    for item in (value if isinstance(value, list) else [value])[:20]:
        node: dict[str, Any] = {}
        if isinstance(item, dict):
            node = {**by_id.get(str(item.get("@id"))[:MAX_TEXT], {}), **item}
            found = _address(node.get("url")) or _address(node.get("contentUrl")) or _address(node.get("@id"))
        else:
            found = _address(item)
        if found and "#" not in found:
            return found, node
    return None, {}


def _bool(value: Any) -> bool | None:
    for _ in range(_MAX_DEPTH):
        if not isinstance(value, list) or not value:
            break
        value = value[0]
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    word = value[:100].strip().rsplit("/", 1)[-1].lower() if isinstance(value, str) else None
    return {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}.get(word or "")


def _place(node: dict[str, Any]) -> str | None:
    """Return the address of a node, without its scheme."""
    found = _address(node.get("url")) or _address(node.get("mainEntityOfPage"))
    return found.partition("//")[2].rstrip("/") if found else None


def _is_free(ranked: list[dict[str, Any]]) -> bool | None:
    """Return what the article says, else the page around it; else False where a part of either is not free.

    Other articles, as lists of teasers have them, do not count: they have a headline and an address of their own.
    """
    best = ranked[0]
    headlines, place = (None, text_of(best.get("headline"))), _place(best)
    own = [
        node
        for node in ranked
        if _rank(node) <= 1
        or text_of(node.get("headline")) in headlines
        or (place is not None and _place(node) == place)
    ]
    said = next((free for node in own if (free := _bool(node.get("isAccessibleForFree"))) is not None), None)
    if said is not None:
        return said
    for node in own:
        parts = node.get("hasPart")
        for part in parts[:100] if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and not part.get("headline") and _bool(part.get("isAccessibleForFree")) is False:
                return False
    return None


def _authors(value: Any, by_id: dict[str, dict[str, Any]], depth: int = 0) -> list[NamedAuthor]:
    found: list[NamedAuthor] = []
    for item in (value if isinstance(value, list) else [value])[:_MAX_AUTHORS]:
        if len(found) >= _MAX_AUTHORS:
            break
        if isinstance(item, list):
            found.extend(_authors(item, by_id, depth + 1) if depth < _MAX_DEPTH else [])
            continue
        whole = {**by_id.get(str(item.get("@id"))[:MAX_TEXT], {}), **item} if isinstance(item, dict) else item
        if isinstance(whole, dict) and isinstance(whole.get("name"), list):
            found.extend(NamedAuthor(name) for name in _texts(whole["name"], _MAX_AUTHORS))
            continue
        name = text_of(whole)
        if name is None and isinstance(whole, dict):
            name = " ".join(filter(None, (text_of(whole.get("givenName")), text_of(whole.get("familyName"))))) or None
        if name:
            if not isinstance(whole, dict):
                found.append(NamedAuthor(name))
                continue
            kind = _author_type(_types(whole))
            profile = _address(whole.get("url") or whole.get("sameAs"))
            found.append(
                NamedAuthor(OneName(name) if kind == "Person" else name, profile, kind, text_of(whole.get("jobTitle")))
            )
    return found[:_MAX_AUTHORS]


def _author_type(types: list[str]) -> str | None:
    """Return 'Person' or 'Organization', as the types of an author say."""
    if "Person" in types:
        return "Person"
    return "Organization" if any(kind.endswith(("Organization", "Corporation")) for kind in types) else None


def read_json_ld(scripts: Iterable[HtmlElement], page: PageIdentity = PageIdentity()) -> Facts:  # noqa: B008 - it is immutable
    """Read what the JSON-LD blocks of a page say of its article; return empty Facts without any.

    Of several articles, the one whose address is the page's is taken, else the one whose headline is; what names
    another address and another headline is another article, as in lists of teasers, and does not count.

    Args:
        scripts: all of the page, in order.
        page: identifies the page's own article.
    """
    values: list[Any] = []
    blocks = (script for script in scripts if "ld+json" in (script.get("type") or "")[:200].lower())
    for script in islice(blocks, MAX_SCRIPTS):
        if script.text and len(script.text) <= MAX_SCRIPT:
            values.extend(_parse(script.text))
    nodes = _nodes(values)
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    facts = _facts(nodes, by_id, page)
    _add_types(facts, nodes)
    return facts


def _add_types(facts: Facts, nodes: list[dict[str, Any]]) -> None:
    """Add the types of all objects, and of those that are the main entity of the page."""
    every: dict[str, None] = {}
    main: dict[str, None] = {}
    for node in nodes[:_MAX_VALUES]:
        types = _types(node)
        every.update(dict.fromkeys(types))
        if node.get("mainEntityOfPage"):
            main.update(dict.fromkeys(types))
        entity = node.get("mainEntity")
        for item in entity[:20] if isinstance(entity, list) else [entity]:
            if isinstance(item, dict):
                main.update(dict.fromkeys(_types(item)))
        if any(kind.endswith("Event") for kind in types):
            facts.events += [day[:10] for name in ("startDate", "endDate") for day in _texts(node.get(name))[:1]]
    facts.declared_types, facts.main_entity_types = list(every)[:_MAX_TYPES], list(main)[:_MAX_TYPES]


def _count(value: Any) -> int | None:
    """Read a number of words."""
    text = text_of(value)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 9 else None


def _paid_selectors(best: dict[str, Any]) -> list[str]:
    """Return the CSS selectors of the parts that are not free."""
    parts = best.get("hasPart")
    found: list[str] = []
    for part in parts[:100] if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and _bool(part.get("isAccessibleForFree")) is False:
            found += _texts(part.get("cssSelector"), 20)
    return found[:20]


def _place_key(url: str) -> tuple[str, str] | None:
    """Return what addresses of one page have in common: host without its device, path and query without decoration."""
    parts = split_url(url.strip()[:MAX_TEXT])
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    path = re.sub(r"/(?:amp|index\.\w{1,5})?/?$", "", parts.path).removesuffix(".amp")
    return (host, path.rstrip("/")) if host else None


def _addresses(node: dict[str, Any]) -> list[tuple[str, str]]:
    found = (_address(node.get(name)) for name in ("url", "mainEntityOfPage", "@id"))
    keys = [key for url in found if url and (key := _place_key(url)) is not None]
    return [key for key in keys if key[1]]


def _is_home(node: dict[str, Any]) -> bool:
    """Return whether an object gives the address of a home page, not of a part of it, as its own."""
    url = split_url((_address(node.get("url")) or _address(node.get("@id")) or "")[:MAX_TEXT])
    return bool(url.hostname) and url.path in ("", "/") and not url.query and not url.fragment


def _agrees(node: dict[str, Any], places: set[tuple[str, str]], titles: list[str]) -> int:
    """Rate how an object agrees with its page: 2 by address, 1 by headline, 0 where it is silent, -1 not at all."""
    own = _addresses(node)
    if any(place in places for place in own):
        return 2
    if not own and places and _rank(node) == 1 and _is_home(node):
        return -1
    headline = letters(text_of(node.get("headline") or node.get("name")) or "")
    if len(headline) > 8 and any(
        title.startswith(headline) or headline.startswith(title) or headline in title for title in titles
    ):
        return 1
    if not own or not headline or not titles or not places:
        return 0
    tails = {path.rsplit("/", 1)[-1] for _, path in places}
    return 0 if any(path.rsplit("/", 1)[-1] in tails for _, path in own) else -1


def _choose(nodes: list[dict[str, Any]], page: PageIdentity) -> list[dict[str, Any]]:
    """Return the objects that speak of the page's article or of the page, best first."""
    places = {key for url in page.urls if (key := _place_key(url)) is not None and key[1]}
    titles = [key for key in (letters(title[:1_000]) for title in page.titles) if len(key) > 8]
    judged = [(node, rank, _agrees(node, places, titles)) for node in nodes if (rank := _rank(node))]
    judged = [entry for entry in judged if entry[2] >= 0]
    judged.sort(
        key=lambda entry: (
            entry[1] > 2, entry[2] if entry[1] > 2 else 0, entry[1],
            bool(entry[0].get("headline")), bool(entry[0].get("datePublished")),
        ),
        reverse=True,
    )  # fmt: skip
    if not judged or judged[0][1] <= 2:
        return [node for node, _, _ in judged]
    best, _, agreement = judged[0]
    headlines, own = (None, text_of(best.get("headline"))), set(_addresses(best))
    return [
        node
        for node, rank, agrees in judged
        if node is best
        or rank <= 1
        or agrees >= max(1, agreement)
        or text_of(node.get("headline")) in headlines
        or own.intersection(_addresses(node))
    ]


def _facts(nodes: list[dict[str, Any]], by_id: dict[str, dict[str, Any]], page: PageIdentity) -> Facts:
    ranked = _choose(nodes, page)
    facts = Facts()
    if not ranked:
        return facts
    best = ranked[0]
    article = _rank(best) > 1
    facts.type = next(iter(_types(best)), None)
    facts.describes_work = article or any(best.get(name) for name in ("headline", "author", "creator"))
    facts.headline = text_of(best.get("headline")) or (text_of(best.get("name")) if article else None)
    facts.alternative_headline = text_of(best.get("alternativeHeadline")) or text_of(best.get("alternateName"))
    facts.description = text_of(best.get("description"))
    facts.authors = _authors(best.get("author"), by_id) or _authors(best.get("creator"), by_id)
    publisher = best.get("publisher") or best.get("sourceOrganization")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    if isinstance(publisher, dict):
        publisher = {**by_id.get(str(publisher.get("@id"))[:MAX_TEXT], {}), **publisher}
    facts.publisher = text_of(publisher)
    facts.keywords = split_keywords(_texts(best.get("keywords")))
    facts.section = text_of(best.get("articleSection"))
    facts.image, picture = _picture(best.get("image"), by_id)
    facts.image_caption = text_of(picture.get("caption"))
    facts.image_credit = text_of(picture.get("creditText")) or text_of(picture.get("copyrightHolder"))
    facts.image = facts.image or _address(best.get("thumbnailUrl"))
    facts.license = text_of(best.get("license")) or text_of(best.get("copyrightNotice"))
    facts.language = text_of(best.get("inLanguage"))
    facts.free = _is_free(ranked)
    facts.canonical = [url for name in ("url", "mainEntityOfPage", "@id") if (url := _address(best.get(name)))]
    for node in ranked[:20]:  # a WebPage beside the article often knows the date that the article lacks
        facts.published.extend(_texts(node.get("datePublished"))[:1])
        facts.modified.extend(_texts(node.get("dateModified"))[:1])
    facts.sources = [text for name in _SOURCES for text in _texts(best.get(name), 5)]
    facts.created = _texts(best.get("dateCreated"))[:1] if article else []
    facts.word_count = _count(best.get("wordCount"))
    facts.paid_selectors = _paid_selectors(best)
    body = best.get("articleBody") or best.get("text")
    if isinstance(body, str) and body.strip():
        facts.body = unescape(body) if body.lstrip()[:4] == "&lt;" else body  # escaped twice
    return facts
