"""What opens a byline, or the credit of other work, before the names."""

import re
from collections.abc import Iterable

from transforms.articles.words import all_words, han_words, words_of
from transforms.characters import is_wide

MAX_PART = 300
"""Code points of one name with what follows it, such as an office."""


def any_of(words: Iterable[str]) -> str:
    """Return an expression that matches any of these words."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in words)


_FIRST_LETTERS = re.compile(r"[A-Za-z]{1,40}+(?![^\x00-\x7f])")


def _first_letters(words: Iterable[str]) -> frozenset[str]:
    """Return the first words that are ASCII: a line whose first word is ASCII, too, begins with one of them."""
    spelled = (form for word in words for form in (word, word.replace("ı", "i")))  # without regard to case the same
    return frozenset(found[0] for form in spelled if (found := _FIRST_LETTERS.match(form)))


_UNSPACED = tuple(word for word in words_of("by") if is_wide(word[0]))

_SPACED = tuple(word for word in words_of("by") if not is_wide(word[0]))

_BY = re.compile(
    rf"\W{{0,20}}(?:(?:{any_of(_SPACED)})(?:\s{{0,5}}[:：]|\s{{1,5}}(?=\S))\s{{0,5}}"
    rf"|(?:{any_of(_UNSPACED)})\s{{0,5}}[:：・/／＝=\s]\s{{0,5}}|(?-i:By(?=[A-ZÀ-Þ])))",
    re.IGNORECASE,
)

_FIRST_CHARACTER = re.compile(
    rf"\W{{0,20}}+[{re.escape(''.join(sorted({word[0] for word in words_of('by')})))}]", re.IGNORECASE
)
"""How every line begins that opens as a byline does."""

_ABOUT = re.compile(rf"(?:{any_of(words_of('about'))})(?:\s{{0,5}}[:：]\s{{0,5}}|\s{{1,5}}(?=\w))", re.IGNORECASE)

_LETTERS_OF_BY = _first_letters(_SPACED)

_BEFORE_NAMES = frozenset(("by", "von", "par", "por", "door", "av", "af", "di", "oleh", "文", "記者", "记者"))

_OPENINGS = {"ro": "de ", "sw": "na "}
"""What opens a byline in one language, and is a part of names in others: it tells only on a page of its language."""

_OF_LISTS = frozenset(("more", "articles", "posts", "insights", "beiträge", "artikel"))

_OTHER_WORK = re.compile(rf"\W{{0,20}}(?:{any_of(words_of('not_by'))})(?:\s{{0,5}}[:：・＝／]|\s|$)", re.IGNORECASE)

_SOURCE = re.compile(
    rf"\W{{0,20}}(?:{any_of(words_of('source'))})(?:\s{{0,5}}[:：]\s{{0,5}}|(?P<blank>\s))", re.IGNORECASE
)

_LETTERS_OF_OTHER_WORK = _first_letters(words_of("not_by"))

_LONGEST_LABELLED = 120
"""Code points of a line with a label behind other things."""

_HAN_LABEL = re.compile(
    r"(?:(?:^|[\s（(|／/·])(?:作者|记者|記者|撰文|著者|執筆|文)(?:\s?[:：]\s?|\s)|^(?:本报|本報)?(?:记者|記者))"
    r"([\u3040-\u30ff\u3400-\u9fff々·]{2,8})(?=$|[\s）)|／/，,、；])"
)

_HANGUL_LABEL = re.compile(
    r"[/▷■▲]?\s?(?:\[?[^\W\d_]{2,8}\s?[=\]]\s?)?([가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4}){0,5})"
    r"\s(?:[가-힣]{2,4}\s)?(?:기자|특파원)(?=$|[\s(\[|=,·])"
)
"""One reporter or several, before their office: "한지원·박지훈 기자"."""

_REPORTERS = ("记者", "記者")

_NO_HANGUL_NAMES = tuple(han_words()["not_hangul_ends"])

_HAN_FILED = re.compile(
    r"(?:^|\s)[\u3400-\u9fff]{0,8}(?:记者|記者|特派員|特派员)\s?([\u3400-\u9fff]{2,4})\s?[／/]\s?[\u3400-\u9fff]{2,6}?報導"
)
"""The reporter before place and work, as papers in Taiwan have it: "記者林曉燕／海州報導"."""


def opening_of(language: str | None) -> str:
    """Return the word that opens bylines on pages of this language only, in lower case; an empty string without one.

    >>> opening_of("sw-TZ"), opening_of("en")
    ('na ', '')

    Args:
        language: BCP 47 tag of the page.
    """
    return _OPENINGS.get((language or "").partition("-")[0].lower(), "")


def match_by(line: str) -> re.Match[str] | None:
    """Match what opens a byline at the start of a line."""
    letters = _FIRST_LETTERS.match(line)
    if letters and letters[0].lower() not in _LETTERS_OF_BY and not line.startswith("By"):
        return None
    return _BY.match(line) if letters or _FIRST_CHARACTER.match(line) else None


def is_byline(line: str) -> bool:
    """Return whether a line begins as a byline does: "By Jane Roe"."""
    return match_by(line[:MAX_PART]) is not None or find_labelled(line) != ""


def find_labelled(line: str) -> str:
    """Return the name in a short line that says beside it, in Chinese, Japanese or Korean, whose it is; else ''.

    Several names in Hangul stay as they stand.

    >>> find_labelled("2015年3月10日 来源：古港日报 作者：林晓燕"), find_labelled("한지원 기자 han@post.example")
    ('林晓燕', '한지원')
    >>> find_labelled("한지원·박지훈 기자"), find_labelled("2024-05-03 10:20 海州報 記者林曉燕／海州報導")
    ('한지원·박지훈', '林曉燕')
    """
    if line.isascii() or len(line) > _LONGEST_LABELLED:
        return ""
    found = _HAN_LABEL.search(line) or _HANGUL_LABEL.match(line) or _HAN_FILED.search(line)
    if found is None:
        return ""
    if found[0].startswith(_REPORTERS) or found.re is _HAN_FILED:
        is_name = any(found[1][0] in signs for signs in han_words()["surnames"].values())
        return found[1] if is_name else ""  # "記者採訪": a reporter asks
    if found.re is _HANGUL_LABEL and found[1].endswith(_NO_HANGUL_NAMES):
        return ""  # "정치부 기자": of the desk for politics
    return found[1]


def byline_start(line: str) -> int:
    """Return the place of the first name in a line that begins as a byline does; 0 in others."""
    lead = match_by(line[:MAX_PART])
    return lead.end() if lead else 0


def is_sure_opening(line: str) -> bool:
    """Return whether a line opens in words that a name must follow, such as "By", not in "Author" or "More from"."""
    words = line[: byline_start(line)].casefold().strip(" :：").split()
    return 1 <= len(words) <= 2 and words[-1] in _BEFORE_NAMES and words[0] not in _OF_LISTS


def is_byline_label(line: str) -> bool:
    """Return whether a line is nothing but what opens a byline: "Written by"."""
    return line.strip(" :：").casefold() in all_words("by")


def without_about(line: str) -> str:
    """Return a line without what opens a note on an author: "About Jane Roe"."""
    found = _ABOUT.match(line[:MAX_PART])
    return line[found.end() :] if found else line


def is_other_work(line: str) -> bool:
    """Return whether a line begins as the credit of other work: "Photo: Jane Roe", "Reviewed by Jane Roe"."""
    letters = _FIRST_LETTERS.match(line)
    if letters and letters[0].lower() not in _LETTERS_OF_OTHER_WORK:
        return False
    return _OTHER_WORK.match(line[:MAX_PART]) is not None


def source_start(line: str, *, needs_colon: bool = True) -> int:
    """Return where the source begins in a line that has its label before it; 0 in others.

    >>> source_start("(Source: Ellery Post)"), source_start("Text: Jane Roe")
    (9, 0)
    >>> source_start("Theo TTXVN"), source_start("Theo TTXVN", needs_colon=False)
    (0, 5)

    Args:
        line: white space folded.
        needs_colon: a blank behind the label will not do.
    """
    label = _SOURCE.match(line[:MAX_PART])
    return label.end() if label and not (needs_colon and label["blank"]) else 0
