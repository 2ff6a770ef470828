"""The JSON in the scripts of a page, also where it is damaged."""

import re
from typing import Any

import orjson

from transforms.articles.json_ld.nodes import MAX_VALUES, list_nodes, rank_of
from transforms.characters import unescape
from transforms.parsers import JsonDecoder, NestingError

_MAX_FAILURES = 20
_MAX_SALVAGED = 200_000
_WRAP = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*$"
)
_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'  # one without an end goes to the end, so that none is tried twice
_COMMENTS = re.compile(rf"({_STRING})|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)", re.DOTALL)
_COMMAS = re.compile(rf"({_STRING})|,(?=\s*+[}}\],])", re.DOTALL)
_WRONG_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_VALUE = re.compile(r"[\[{]")
_ARTICLE_TYPE = re.compile(r'"@type"\s{0,20}:\s{0,20}\[?\s{0,20}"[A-Za-z]{0,40}?(?:Article|BlogPosting|Posting)"')
_FIELD = re.compile(r'\s{0,20}:\s{0,20}"((?:[^"\\]|\\.){1,2000})"', re.DOTALL)
_AUTHORS = re.compile(r'\s{0,20}:\s{0,20}(\[[^\]]{0,1000}\]|\{[^}]{0,1000}\}|"[^"]{0,200}")')
_NAME = re.compile(r'"name"\s{0,20}:\s{0,20}"([^"\\]{2,100})"')


def parse(text: str) -> list[Any]:
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
    if not is_whole and not any(rank_of(node) > 1 for node in list_nodes(found)):
        salvaged = _salvage(text[:_MAX_SALVAGED])
        found += [salvaged] if salvaged else []
    return found


def _decode_values(text: str) -> tuple[list[Any], bool]:
    """Decode JSON values that follow each other, and say whether nothing else stands in the text."""
    decoder = JsonDecoder(strict=False)
    found: list[Any] = []
    failures = 0
    start = 0
    while len(found) < MAX_VALUES and failures < _MAX_FAILURES:
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
