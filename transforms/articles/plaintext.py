"""Headline, subheadline, teaser, text and credits of a plain-text article.

The shape is that of crawls of syndicating sites: headline; teaser with a "read more" at some site;
headline again; one-line subheadline; body; credit. Any part may be missing. Every paragraph of the input ends in one
field, or repeats the headline, or is a "read more", a second date or credit, or what cleaning removes.
"""

import re
import statistics
from dataclasses import dataclass
from difflib import SequenceMatcher

from schemas.trouble import Trouble
from transforms.articles.credits import MAX_LINE, Credit, is_site, read_credit, read_date
from transforms.articles.paragraphs import MAX_HEADLINE, STOP, headline_key, split_paragraphs
from transforms.articles.read_more import cut_read_more, find_list, is_plain_boilerplate, without_read_more

TOP = 8
"""Paragraphs from the start in which a date or byline of the head is looked for."""
REPEAT_WITHIN = 4
"""Paragraphs after the headline in which its repeat is looked for; what stands between is the teaser."""
MAX_SUBHEADLINE = 200
"""Longest subheadline, in code points."""

_SUFFIX = re.compile(r"\s+(?:[|»–—·•-]|::)\s+[^|»]{1,60}$")
_SENTENCES = re.compile(r"[.!?]['\"”’)]*\s+(?=[\"'“‘«(]?[^\W\d_a-zà-ÿ])")
_LEAD_WORDS = re.compile(r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|said|told|yesterday)\b", re.IGNORECASE)
_BY = re.compile(r"\(?(?:\w+ )?by[ :]|von |par |por |\W*(?:©|copyright|source)", re.IGNORECASE)
_INLINE = re.compile(r"(?<=[.!?”\"’)…])\s+((?:\w+\s)?[Bb]y\s[A-ZÀ-Þ][^.!?]{3,80}(?:\.\w+){0,3})\.?$")
_PICTURE = re.compile(r"©[^.]{1,100}")
_DATELINE = re.compile(r"[A-ZÀ-Þ][\w .,’'/()-]{2,60}\s(?:—|–|--|-)\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """What a plain-text article says of itself. Strings are as published, white space folded."""

    headline: str | None
    subheadline: str | None
    description: str | None
    text: str
    paragraphs: tuple[str, ...]
    """Those of ``text``, with what cleaning removes of and among them."""
    byline: str | None
    authors: tuple[str, ...]
    publisher_name: str | None
    syndicated_from: str | None
    date_raw: str | None = None


def read_plain_text(text: str) -> PlainText:
    """Separate the parts of a plain-text article.

    - A repeated headline is the strongest sign: what stands before it is the teaser, a short line after it the
      subheadline.
    - A subheadline has at most ``MAX_SUBHEADLINE`` code points and two sentences, and is followed by body. Without a
      full stop, or with the byline or date below it, it is one after any headline. With a full stop it is one only
      after a repeated headline: where a dateline follows, or where it is at most 140 code points and 0.65 of the usual
      paragraph, opens with no quote and has no word of a lead (a weekday, "said"). What is in doubt stays in the text.
    - A document of headline and teaser alone has the teaser as its text, and no description.

    >>> seen = read_plain_text('''Ferry Line Buys Six Boats
    ... The purchase costs $48 million… Read Full Article at Harbour.example
    ... Ferry line buys six boats
    ... A bet on electric crossings
    ... The Port Ellery ferry line has bought six boats, its director said on Monday.
    ... Jane Roe for Harbour Times''')
    >>> seen.headline, seen.subheadline, seen.description
    ('Ferry Line Buys Six Boats', 'A bet on electric crossings', 'The purchase costs $48 million…')
    >>> seen.text
    'The Port Ellery ferry line has bought six boats, its director said on Monday.'
    >>> seen.byline, seen.authors, seen.publisher_name, seen.syndicated_from
    ('Jane Roe for Harbour Times', ('Jane Roe',), 'Harbour Times', 'Harbour.example')

    Raises:
        Trouble: ``extract.empty`` for nothing but white space; ``extract.no_main_text`` for a headline without body.
    """
    found = split_paragraphs(text)
    if not found:
        raise Trouble("extract.empty", "the text holds nothing but white space")
    found, dates, head_credits, above_byline = _take_head(found)
    headline = found.pop(0) if _is_headline(found) else None
    headline, front, body, is_repeated = _take_front(headline, found)
    teaser, site = without_read_more(front)
    body, end_credits, end_site = _take_end(body)
    subheadline = body.pop(0) if headline and _has_subheadline(body, is_repeated, above_byline) else None
    if not body:
        body, teaser = teaser, []
    if not body:
        raise Trouble("extract.no_main_text", f"a headline without a body: {(headline or text.strip())[:200]!r}")
    credits = [*end_credits, *head_credits]  # the one at the end is the fuller
    byline = next((line for line, credit in credits if credit.authors), credits[0][0] if credits else None)
    publisher = next((credit.publisher for _, credit in credits if credit.publisher), None)
    site = site or end_site or next((credit.syndicated_from for _, credit in credits if credit.syndicated_from), None)
    return PlainText(
        headline=_without_site_suffix(headline, publisher, site),
        subheadline=subheadline,
        description="\n".join(teaser) or None,
        text="\n".join(body),
        paragraphs=_with_boilerplate(found, body),
        byline=byline,
        authors=tuple(dict.fromkeys(name for _, credit in credits for name in credit.authors)),
        publisher_name=publisher,
        syndicated_from=site,
        date_raw=dates[0] if dates else None,
    )


def _repeats(line: str, headline: str) -> bool:
    """Return whether a line repeats the headline: cut short, with a site's name added, or with a word changed."""
    if len(line) > MAX_HEADLINE + 60:
        return False
    one, other = headline_key(line), headline_key(headline)
    if one == other or headline_key(_SUFFIX.sub("", line)) == other or one == headline_key(_SUFFIX.sub("", headline)):
        return True
    short, long = sorted((line, headline), key=len)
    if short.endswith(("…", "...")) and len(short) >= 20 and headline_key(long).startswith(headline_key(short)):
        return True
    return _likeness(line, headline) >= 0.85


def _likeness(line: str, headline: str) -> float:
    """Return the share of words that two lines have in the same order, 0 to 1; 0 where one is too short or long."""
    words = headline_key(line).split(), headline_key(headline).split()
    if min(map(len, words)) < 5 or max(map(len, words)) > 60:
        return 0.0
    return SequenceMatcher(None, *words, autojunk=False).ratio()


def _take_head(found: list[str]) -> tuple[list[str], list[str], list[tuple[str, Credit]], str | None]:
    """Split off dates and bylines of the head: paragraphs; dates, updates last; bylines; the paragraph above them."""
    above = None
    kept: list[str] = []
    dates: list[tuple[bool, str]] = []
    credits: list[tuple[str, Credit]] = []
    first = headline_key(found[0]) if len(found[0]) <= MAX_LINE else None
    for number, line in enumerate(found):
        date = read_date(line) if number < TOP else None
        credit = read_credit(line) if 0 < number < TOP else None
        credit = None if credit and headline_key(line) == first else credit
        if date:
            dates.append((date.is_update, date.raw))
        elif credit and credit.authors and (credit.date_raw or _BY.match(line)):
            credits.append((line, credit))
            dates += [(False, credit.date_raw)] if credit.date_raw else []
        else:
            kept.append(line)
            continue
        above = above or (kept[-1] if len(kept) > 1 else None)
    return kept, [raw for _, raw in sorted(dates, key=lambda date: date[0])], credits, above


def _is_headline(found: list[str]) -> bool:
    """Return whether the first paragraph is a headline: repeated, or short and no run of sentences."""
    if not found or len(found[0]) > MAX_HEADLINE:
        return False
    first = found[0]
    if any(_repeats(line, first) for line in found[1 : 1 + REPEAT_WITHIN]):
        return True
    if _is_unspaced_text(first, shortest=150):
        return False
    is_sentence = first.rstrip("\"'”’)").endswith((".", "。"))
    if is_sentence and (len(first) > 120 or _DATELINE.match(first)):
        return False
    if len(found) == 1:
        is_text = (is_sentence and len(first.split()) >= 12) or _is_unspaced_text(first, shortest=80)
        return not is_text and cut_read_more(first) is None
    return len(_SENTENCES.findall(first)) < 3


def _is_unspaced_text(line: str, *, shortest: int) -> bool:
    """Return whether a line in a script other than Latin is too long for a headline; its text may have no full stop.

    Args:
        shortest: letters that a text has; 40 do where it ends in a full stop.
    """
    letters = [char for char in line if char.isalpha()]
    shortest = 40 if line.endswith(("。", "।", "۔", "؟", "！", "？")) else shortest
    return len(letters) >= shortest and 2 * sum(char > "\u024f" for char in letters) > len(letters)


def _take_front(headline: str | None, rest: list[str]) -> tuple[str | None, list[str], list[str], bool]:
    """Return headline, teaser paragraphs, the remaining ones without the headline, and whether it is repeated."""
    if headline is None:
        return None, [], rest, False
    again = next((n for n, line in enumerate(rest[:REPEAT_WITHIN]) if _repeats(line, headline)), None)
    if again is not None and again > 1 and not any(map(cut_read_more, rest[:again])):
        front, body, again = [], rest, None  # two paragraphs without a call are body
    elif again is not None:
        front, body, other = rest[:again], rest[again + 1 :], rest[again]
        is_cut = headline.endswith(("…", "..."))
        has_suffix = headline_key(headline) != headline_key(other) == headline_key(_SUFFIX.sub("", headline))
        headline = other if has_suffix or (is_cut and len(other) > len(headline)) else headline
    else:
        calls = [cut_read_more(line) for line in rest[:2]]
        size = 1 if calls and calls[0] else 2 if calls[1:] and calls[1] and not calls[1][0] else 0
        again = size if size and rest[size:] and _likeness(rest[size], headline) >= 0.6 else None
        front, body = rest[:size], rest[size if again is None else size + 1 :]
    key = headline_key(headline)
    body = [line for line in body if len(line) > MAX_HEADLINE or headline_key(line) != key]
    return headline, front, body, again is not None


def _take_end(body: list[str]) -> tuple[list[str], list[tuple[str, Credit]], str | None]:
    """Split off boilerplate, link lists and credits: the text, the credits, and the site of its last "read more"."""
    body = [line for line in body if not is_plain_boilerplate(line)]
    end = find_list(body)
    credits = [(line, credit) for line in body[end:] if _BY.match(line) and (credit := read_credit(line))]
    body = body[:end]
    for _ in range(3):
        after_sentence = len(body) > 1 and STOP.search(body[-2]) is not None
        credit = read_credit(body[-1], is_last=after_sentence) if body else None
        if not credit:
            break
        credits.insert(0, (body.pop(), credit))
    for number in range(len(body) - 2, max(0, len(body) - 4), -1):
        credit = None if credits else read_credit(body[number])
        if credit and _ends_article(body[number], credit, body[number + 1 :]):
            credits.append((body.pop(number), credit))
    inline = _INLINE.search(body[-1], max(0, len(body[-1]) - 160)) if body else None
    credit = read_credit(inline[1]) if inline else None
    if inline and credit and credit.publisher:
        credits.append((inline[1], credit))
        body[-1] = body[-1][: inline.start()]
    last, site = without_read_more(body[-1:])
    body = [*without_read_more([line for line in body[:-1] if not _PICTURE.fullmatch(line)])[0], *last]
    return body, credits, site


def _with_boilerplate(found: list[str], body: list[str]) -> tuple[str, ...]:
    """Return the paragraphs of the body as they were found, and those from its first on that cleaning removes."""
    paragraphs: list[str] = []
    place = 0
    for paragraph in found:
        kept = body[place] if place < len(body) else None
        if kept is not None and paragraph.startswith(kept):
            cut = cut_read_more(paragraph) if paragraph != kept else None
            paragraphs.append(paragraph if cut and cut[0] == kept else kept)
            place += 1
        elif place and is_plain_boilerplate(paragraph):
            paragraphs.append(paragraph)
    return tuple(paragraphs) if place == len(body) else tuple(body)


def _ends_article(line: str, credit: Credit, after: list[str]) -> bool:
    """Return whether a credit with lines after it is one, and not a heading such as "The Race for Rare Earths"."""
    if _BY.match(line) or (credit.publisher and is_site(credit.publisher)):
        return True
    surnames = [name.split()[-1] for name in credit.authors]
    return all(len(other) <= 100 and not STOP.search(other) for other in after) or any(
        name in other for name in surnames for other in after
    )


def _has_subheadline(body: list[str], is_repeated: bool, above_byline: str | None) -> bool:
    """Return whether the first paragraph is a subheadline, by the rule of :func:`read_plain_text`."""
    if len(body) < 2 or len(body[0]) > MAX_SUBHEADLINE or body[0].endswith(":") or body[0][0] in "-•*–—":
        return False
    subheadline, usual = body[0], statistics.median(map(len, body[1:]))
    if len(_SENTENCES.findall(subheadline)) > 1 or _DATELINE.match(subheadline):
        return False
    if subheadline == above_byline or (is_repeated and _DATELINE.match(body[1])):
        return True
    if not STOP.search(subheadline) or subheadline.endswith("?"):
        return len(subheadline.split()) >= 3 and len(subheadline) < max(usual, len(body[1]))
    is_lead = _LEAD_WORDS.search(subheadline) or subheadline[0] in "\"'“‘„«"
    return is_repeated and not is_lead and len(subheadline) <= min(140, 0.65 * usual)


def _without_site_suffix(headline: str | None, *sites: str | None) -> str | None:
    """Return the headline without " - Site" at its end, where that site is the publisher or origin."""
    suffix = _SUFFIX.search(headline) if headline else None
    names = {headline_key(name) for site in sites if site for name in (site, site.split(".")[0])}
    if headline and suffix and headline_key(suffix.group().strip(" |»–—·•-:")) in names:
        return headline[: suffix.start()]
    return headline
