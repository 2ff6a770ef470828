"""The claims of feedparser's own corpus, and how many of them hold, by field.

The corpus says what a file should give as a Python expression over feedparser's result. Expressions are split at
``and``. The parts about fields that an Entry or a Feed keeps are evaluated on plain feedparser, and on a view that
gives our Feed feedparser's names. We keep titles as text, and markup as the feed has it, which becomes text in an
article: parts that differ by that alone are compared as that text and counted apart ("as text"). Fields that differ
on purpose are counted apart, with the reason. Parts about fields that are not kept (addresses of authors, feed logos,
podcast flags) are skipped, and counted by name.
"""

import ast
import re
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin

import feedparser

from schemas.documents import Entry
from schemas.trouble import LeftOut, Trouble
from tests.support.paths import PUBLIC
from transforms.articles.dates import parse_date
from transforms.articles.feed_text import read_feed_text
from transforms.sources.feed_entries import Feed
from transforms.sources.strings import html_to_plain

CORPUS = PUBLIC / "feeds" / "feedparser-corpus"
BASE = "http://127.0.0.1:8097/tests/"
WELL_FORMED = "well-formedness"

Parse = Callable[[bytes, dict[str, str]], Any]
"""Bytes and headers of a feed to what is made of it."""

SAME = {
    "guid": "id", "description": "summary", "tagline": "subtitle", "copyright": "rights", "modified": "updated",
    "issued": "published", "date": "updated", "url": "href", "description_detail": "summary_detail",
    "tagline_detail": "subtitle_detail", "copyright_detail": "rights_detail", "modified_parsed": "updated_parsed",
    "issued_parsed": "published_parsed", "date_parsed": "updated_parsed",
}  # fmt: skip
"""feedparser's second names."""

KEPT = {
    "feed title": r"feed\.title(_detail\.value)?",
    "feed link": r"feed\.link",
    "feed language": r"feed\.language",
    "feed licence": r"feed\.(rights(_detail\.value)?|license)",
    "title": r"entry\.title(_detail\.value)?",
    "link": r"entry\.(link|feedburner_origlink|pheedo_origlink)",
    "id": r"entry\.id",
    "summary": r"entry\.summary(_detail\.value)?",
    "content": r"entry\.content\.\d\.value",
    "authors": r"entry\.(author|author_detail\.name|authors\.\d\.name)",
    "dates as published": r"entry\.(published|updated|created)",
    "dates, parsed": r"entry\.(published|updated|created)_parsed",
    "categories": r"entry\.(category|tags\.\d\.(term|label))",
    "picture": r"entry\.(media_content\.\d\.href|media_thumbnail\.\d\.href|enclosures\.\d\.href|image\.href)",
    "language": r"entry\.(language|(title_detail|summary_detail|content\.\d)\.language)",
    "licence": r"entry\.(rights(_detail\.value)?|license)",
}
"""What of feedparser's result a Feed or Entry keeps, by the name it is printed under."""


OTHERWISE = {
    r"atom10/entry_category_term": "a category that has a label is known by that, not by its term",
    r"atom10/entry_content_base64": "content of a type other than text is not read",
    r"/lang/": "an entry has one language, that of the first of its parts to name one",
    r"item_description_and_summary": "a second summary that is the shorter one is not taken for content",
    r"_crazy|_script_nested_cdata": "scripts are not text, however well hidden",
    r"_(iframe|object)\.xml": "what a frame or object encloses is not text of the article",
    r"xml_malicious_comment|not_a_doctype": "a comment ends where it ends for a browser",
    r"bozo_linenoise": "<> is not a tag and stays",
}
"""Files of the corpus of which ours gives something else on purpose, and why."""


class File(NamedTuple):
    """One file of the corpus."""

    path: Path
    data: bytes
    expected: str
    headers: dict[str, str]


def read_file(path: Path) -> File | None:
    data = path.read_bytes()
    text = data.replace(b"\0", b"").decode("cp037" if data.startswith(b"Lo\xa7\x94") else "latin-1")
    comment = re.search(r"Description:(.*?)-->", text, re.DOTALL)
    expected = re.search(r"Expect:\s*(.*?)\s*(?:-->|$)", comment.group() if comment else "", re.DOTALL)
    if expected is None:
        return None
    found = re.findall(r"^Header:\s*([^:\s]+):[ \t]*(.*?)\s*$", text, re.MULTILINE)
    headers = {name.lower(): value for name, value in found if value}
    if headers or "127.0.0.1" in expected.group(1):
        where = urljoin(BASE, path.relative_to(CORPUS).as_posix())
        location = urljoin(where, headers.get("content-location", ""))
        headers["content-location"] = location if location.startswith("http") else where
        headers.setdefault("content-type", "application/xml")
    return File(path, data, expected.group(1), headers)


def claims(expected: str) -> Iterator[tuple[ast.expr, list[str]]]:
    """The parts of an expectation that have to hold, each with the fields it names."""
    todo = [ast.parse(expected, mode="eval").body]
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            todo = [*node.values, *todo]
        else:
            yield node, [field for field in map(_field, _chains(node)) if field != "bozo"]


def _chains(node: ast.AST) -> Iterator[list[Any]]:
    steps: list[Any] = []
    at = node
    while isinstance(at, ast.Subscript | ast.Attribute):
        key = at.slice if isinstance(at, ast.Subscript) else ast.Constant(at.attr)
        steps.insert(0, key.value if isinstance(key, ast.Constant) else "?")
        at = at.value
    if isinstance(at, ast.Name) and at.id not in ("len", "locals", "any", "isinstance"):
        yield [at.id, *steps]
        return
    for child in ast.iter_child_nodes(node):
        yield from _chains(child)


def _field(steps: list[Any]) -> str:
    if steps[0] == "entries" and len(steps) > 2:
        steps = ["entry", *steps[2:]]
    names = [SAME.get(step, step) for step in steps]
    if names[:2] == ["feed", "summary"]:
        names[1] = "subtitle"
    return ".".join(str(name) for name in names)


def kept(fields: list[str]) -> str | None:
    """The row a claim belongs to; None where it names something that is not kept."""
    rows = {next((row for row, form in KEPT.items() if re.fullmatch(form, field)), None) for field in fields}
    return rows.pop() if len(rows) == 1 else None


def view(feed: Feed) -> Any:
    """Our Feed under feedparser's names."""
    head: dict[str, Any] = {
        "title": feed.title,
        "title_detail": {"value": feed.title},
        "link": feed.link,
        "language": feed.language,
    }
    head |= {"rights": feed.license, "license": feed.license, "rights_detail": {"value": feed.license}}
    return {"feed": _known(head), "entries": [_entry(entry) for entry in feed.entries]}


def _entry(entry: Entry) -> Any:
    def detail(value: str | None) -> Any:
        return _known({"value": value, "language": entry.language})

    updated = entry.modified_raw or entry.published_raw
    picture = [_known({"href": entry.image_url})]
    return _known(
        {
            "title": entry.title,
            "title_detail": detail(entry.title),
            "link": entry.url,
            "feedburner_origlink": entry.url,
            "id": entry.entry_id,
            "summary": entry.summary_html or entry.content_html,  # as feedparser copies it
            "summary_detail": detail(entry.summary_html),
            "content": [detail(entry.content_html)],
            "author": entry.authors[-1] if entry.authors else None,
            "author_detail": {"name": entry.authors[-1] if entry.authors else None},
            "authors": [_known({"name": name}) for name in entry.authors],
            "published": entry.published_raw,
            "updated": updated,
            "created": entry.published_raw,
            "published_parsed": _instant(entry.published_raw),
            "updated_parsed": _instant(updated),
            "created_parsed": _instant(entry.published_raw),
            "tags": [_known({"term": name, "label": name}) for name in entry.categories],
            "links": [
                _known({"rel": "enclosure", "href": entry.image_url}),
                _known({"rel": "license", "href": entry.license}),
            ],
            "media_content": picture,
            "media_thumbnail": picture,
            "image": picture[0],
            "language": entry.language,
            "rights": entry.license,
            "rights_detail": {"value": entry.license},
        }
    )


def _instant(raw: str | None) -> time.struct_time | None:
    found = parse_date(raw)
    return found.at.utctimetuple() if found and found.precision == "instant" else None


def _known(values: dict[str, Any]) -> feedparser.FeedParserDict:
    return feedparser.FeedParserDict({name: value for name, value in values.items() if value is not None})


def holds(claim: ast.expr, result: dict[str, Any]) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(_value(claim, result))
    except (LookupError, AttributeError, TypeError, NameError):
        return False


def holds_as_text(claim: ast.expr, row: str, result: dict[str, Any]) -> bool:
    """Whether it holds of the text that is made of both sides; of authors, of the names without addresses."""
    if isinstance(claim, ast.BoolOp):
        return any(holds_as_text(part, row, result) for part in claim.values)
    if not isinstance(claim, ast.Compare) or not isinstance(claim.ops[0], ast.Eq) or len(claim.ops) > 1:
        return False
    wanted = _value(claim.comparators[0], result)
    try:
        got = _value(claim.left, result)
    except (LookupError, AttributeError, TypeError):
        got = None
    is_text = isinstance(got or "", str) and isinstance(wanted, str)
    return is_text and _text(row, got or "") in (_text(row, wanted), " ".join(wanted.split()))


def _value(side: ast.expr, result: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(side), "expect", "eval"), {}, dict(result))


def _text(row: str, value: str) -> str:
    if row in ("summary", "content"):
        return " ".join(read_feed_text(value).split())
    if row == "authors":
        return re.sub(r"\s*\(?\S+@\S+\)?", "", value)
    return value.lower() if row.endswith("language") else html_to_plain(value)


def _is_kept(claim: ast.expr, row: str, theirs: dict[str, Any]) -> bool:
    """Of enclosures pictures are kept alone."""
    media = (theirs["entries"] or [{}])[0].get("enclosures", []) if row == "picture" else []
    return "enclosures" not in ast.unparse(claim) or any(str(each.get("type")).startswith("image/") for each in media)


def score(files: list[File], plain: Parse, ours: Parse, *, verbose: bool) -> bool:
    """Print the claims by field; whether ours passes at least as many as plain feedparser."""
    rows: dict[str, Counter[str]] = {row: Counter() for row in KEPT}
    beside: Counter[str] = Counter()
    purposes: Counter[str] = Counter()
    worse: list[str] = []
    for file in files:
        theirs = plain(file.data, file.headers)
        try:
            mine = view(ours(file.data, file.headers))
        except (Trouble, LeftOut):
            mine = {"feed": feedparser.FeedParserDict(), "entries": []}
        for claim, fields in claims(file.expected):
            row = kept(fields) if fields else None
            if row is None or not _is_kept(claim, row, theirs):
                beside[" ".join(sorted(set(fields))) or WELL_FORMED] += 1
                continue
            by_plain, exactly = holds(claim, theirs), holds(claim, mine)
            as_text = not exactly and holds_as_text(claim, row, mine)
            name = file.path.relative_to(CORPUS).as_posix()
            reason = next((why for form, why in OTHERWISE.items() if re.search(form, name)), None)
            on_purpose = reason is not None and by_plain and not (exactly or as_text)
            rows[row].update({"claims": 1, "plain": by_plain, "exactly": exactly, "as text": as_text})
            rows[row].update({"ours": exactly or as_text, "otherwise": on_purpose})
            if on_purpose:
                purposes[str(reason)] += 1
            elif by_plain and not (exactly or as_text):
                worse.append(f"  {row}: {name}: {ast.unparse(claim)[:150]}")
    total = sum(rows.values(), Counter[str]())
    columns = ("claims", "plain", "ours", "exactly", "as text", "otherwise")
    print(f"{'field':20}" + "".join(f"{column:>10}" for column in columns))
    for row, counts in [*rows.items(), ("all", total)]:
        print(f"{row:20}" + "".join(f"{counts[column]:>10}" for column in columns))
    bozo = beside.pop(WELL_FORMED)
    print(f"not asked: {bozo} claims on well-formedness, {beside.total()} on what is not kept")
    print(f"plain feedparser passes, and ours gives something else on purpose: {purposes.total()}")
    print("\n".join(f"  {n:4} {why}" for why, n in purposes.most_common()))
    print(
        f"plain feedparser passes and ours does not: {len(worse)}{'' if verbose or not worse else ' (-v lists them)'}"
    )
    if verbose:
        print("\n".join(worse))
        print("\n".join(f"  not asked: {n:4} {what}" for what, n in beside.most_common()))
    return total["ours"] + total["otherwise"] >= total["plain"]
