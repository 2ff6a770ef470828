"""The rules of cleaning: their names, and which of them one paragraph falls under."""

import re
from collections.abc import Mapping, Sequence

from transforms.articles.blocks import Block
from transforms.articles.cleaning.phrases import (
    Phrases,
    find_call,
    find_inside,
    fold,
    fold_to_words,
    load_phrases,
    may_be_call,
)
from transforms.articles.sentence_ends import is_sentence
from transforms.characters import is_wide

RULES: Mapping[str, str] = {
    "repeats.headline": "the headline or another title of the article, repeated at the start",
    "credits.byline": "names of authors near the start, or of authors, editors or an agency alone at the end",
    "credits.date": "a date of publication or change near the start",
    "credits.reading_time": "how long reading takes",
    "duplicates.paragraph": "a long paragraph that stands in the text before",
    "duplicates.copy": "a copy for other screens, of a table or its head, of a button, or that follows at once",
    "duplicates.pull_quote": "a quote that its class sets apart from the text, which holds its words, with its speaker",
    "boilerplate.ellipsis": 'the "[…]" that ends the teaser of a feed',
    "boilerplate.separator": "a line without a letter or digit",
    "boilerplate.subscribe": "a call to subscribe, register or log in, or to a newsletter",
    "boilerplate.follow": "a call to follow the site or an author elsewhere",
    "boilerplate.share": "labels of buttons that share, print or save",
    "boilerplate.advertisement": "the label of an advertisement",
    "boilerplate.read_also": "a pointer to another article, or a link whose words lead to three or more places",
    "boilerplate.link_list": "a list of links to other articles, its heading, or a last heading with nothing under it",
    "boilerplate.contents": "a table of contents of the page with its heading, or a line of links to places in it",
    "boilerplate.photo_credit": "the credit of a picture",
    "boilerplate.caption": "the caption of a picture; the column images keeps it",
    "boilerplate.placeholder": "filler that a template left, or JSON and tags that scripts should have replaced",
    "boilerplate.copyright": "a copyright notice",
    "boilerplate.comments": "comments, their heading, or a call to comment",
    "boilerplate.counts": "how often the article was read or seen, or its number",
    "boilerplate.disclaimer": "a disclaimer, or a note on how the article was made",
    "boilerplate.biography": "a note on the author",
    "boilerplate.consent": "a notice on cookies, consent or embedded content",
    "boilerplate.app": "a call to install an app",
    "boilerplate.player": "labels of players and galleries",
    "boilerplate.navigation": "labels of menus, and where a post is filed",
    "boilerplate.feedback": "a call to report errors, send tips or rate the article",
    "boilerplate.support": "a call to donate",
}
"""What each rule removes, by the name that CleaningAction.rule has."""

LONGEST = 420
"""Code points of the longest paragraph that a phrase is looked for in."""
_LONGEST_OF = {
    "boilerplate.read_also": 200,
    "boilerplate.link_list": 80,
    "boilerplate.copyright": 260,
    "boilerplate.player": 160,
    "boilerplate.share": 200,
    "boilerplate.navigation": LONGEST,
}
_NOT_HEADINGS = frozenset(
    ("boilerplate.consent", "boilerplate.navigation", "boilerplate.player", "boilerplate.photo_credit")
)
"""Rules whose labels may head a section of the article."""
_NOT_OPEN = frozenset(("boilerplate.read_also", "boilerplate.photo_credit"))
"""Rules whose labels belong to what follows where they end in a colon."""
COUNTED = frozenset(f"boilerplate.{name}" for name in ("comments", "share", "feedback", "counts"))
"""Rules whose labels may have a number beside them."""
_LONGEST_LABEL = 90
_LONGEST_WHOLE = 260
"""Code points of paragraphs that all phrases are looked for in; longer ones must begin as a call does."""
_BEGINNING = 60
_LONGEST_CALL = 320
_LONGEST_POINTER = 220
_LEAST_BLANKS = 2
"""Blanks in a title that is not linked behind a pointer."""

LONGEST_CREDIT = 140
_HEAD = 60
"""Code points in which what a colon or arrow ends must stand."""

_POINTS = re.compile(r"[:：|►▶→»>–—]|\s-(?=\s)")
"""What stands between a pointer and a title."""
NAMES = re.compile(r"[:：©/|＝=]")
"""What stands between "Photo" and a name."""
_MARK = re.compile(r"[:：|►▶→»>–—/＝=©-](?:(?<!-)|(?<=\s-))")
"""Either of the two. A search for one set of characters takes a third of the time that one for alternatives takes."""
_INNER_END = re.compile(r"[^\W\d]{3}[.!?。！？؟]['\"”’»)\]]{0,2}\s[^\W_]")
_COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\)).{0,60}?(?:19|20)\d\d|©[^.!?]{2,90}$", re.IGNORECASE)
_LONGEST_TAKER = 34
_PICTURE_END = re.compile(
    r"[\s。！？（(▲△][^\s。！？，,]{0,18}"
    r"(?:(?:供图|供圖|提供圖片)(?:\s[^\s。，]{2,8})?|[^\s。！？，,拍]\s?[摄攝]|视频截图|影片截圖|截图|截圖|资料图片?|資料圖片?|视觉中国(?:\s?资料图?)?)"
    r"[）)]?$"
)
"""Who took or gave a picture, or where it is from, at the end of its caption."""

_CHANNEL = re.compile(r"(\w{2,12})\s?[:：]\s?[^\s:：|｜，,；;]{2,30}[\s|｜，,；;]{0,3}")
_CHANNELS = re.compile(rf"(?:{_CHANNEL.pattern})++")
ZONE = frozenset(
    "gmt utc est edt cst cdt mst mdt pst pdt bst ist cet cest wst et pt z t am pm h m s st nd rd th".split()
)


def name_rule(block: Block) -> str | None:
    """Return the rule that a paragraph falls under wherever in the article it stands; None for a part of the article.

    "boilerplate.link_list" is the heading of a list of links, which goes with it.

    >>> name_rule(Block("Read more:")), name_rule(Block("Read more, he said."))
    ('boilerplate.link_list', None)

    Args:
        block: one paragraph; its links are looked at where it comes from a page.
    """
    line = block.text
    size = len(line)
    if size > LONGEST or (size > _LONGEST_WHOLE and not may_be_call(fold(line[:_BEGINNING]))):
        return None
    words = fold_to_words(line)
    if not words:
        return "boilerplate.separator"
    folded = " ".join(words)
    phrases = load_phrases()
    if size < _LONGEST_LABEL:
        if folded in phrases.heads:
            return "boilerplate.link_list"
        rule = phrases.labels.get(folded)
        if rule is not None:
            is_head = rule in _NOT_HEADINGS and block.kind == "heading" and " " not in folded
            is_open = rule in _NOT_OPEN and line[-1] in ":："
            return None if is_head or is_open or rule == "boilerplate.counts" else rule
    if size <= LONGEST_CREDIT and _is_list_of_channels(line):
        return "boilerplate.follow"
    if size < _LONGEST_LABEL:
        rule = _name_label(block, words, phrases)
        if rule is not None:
            return rule
    rule = find_call(folded)
    if rule is None or (rule == "boilerplate.link_list" and is_sentence(line)):
        rule = find_inside(folded, words)
    if rule is not None and size <= _LONGEST_OF.get(rule, _LONGEST_CALL):
        return rule
    if block.links and _is_headed_list(block, phrases):
        return "boilerplate.read_also"
    mark = _MARK.search(line, 0, _HEAD + 4)
    if size <= _LONGEST_POINTER and _is_pointer(block, phrases, has_mark=mark is not None):
        return "boilerplate.read_also"
    if size <= LONGEST_CREDIT and block.kind != "list_item" and not line.isascii() and _is_picture_line(line):
        return "boilerplate.photo_credit"
    if mark is None and size > LONGEST_CREDIT:
        return None
    if (
        size <= LONGEST_CREDIT
        and block.kind != "list_item"
        and _is_photo_credit(line, folded, phrases, has_mark=mark is not None)
    ):
        return "boilerplate.photo_credit"
    if size <= _LONGEST_OF["boilerplate.copyright"] and _COPYRIGHT.match(line):
        return "boilerplate.copyright"
    if ":" not in line and "：" not in line:
        return None
    lead, colon, _ = split_at(line, NAMES)
    return "boilerplate.disclaimer" if colon in (":", "：") and lead in phrases.disclaimer_leads else None


def _is_list_of_channels(line: str) -> bool:
    """Return whether a line names accounts on two networks or more and nothing else: "微博：@海州 微信：haizhou"."""
    if "：" not in line and ":" not in line:
        return False
    channels = load_phrases().channels
    labels = [fold(field[1]) for field in _CHANNEL.finditer(line)] if _CHANNELS.fullmatch(line) else []
    return len(labels) > 1 and all(label in channels for label in labels)


def _name_label(block: Block, words: Sequence[str], phrases: Phrases) -> str | None:
    """Name the rule of a label with a count, such as "12 comments", or of a row of buttons."""
    if any(map(str.isdigit, words)):
        rule = phrases.labels.get(" ".join(word for word in words if not word.isdigit()))
        return rule if rule in COUNTED else None
    if 2 <= len(words) <= 16 and phrases.networks.issuperset(words) and len(set(words) - ZONE) > 1:
        return "boilerplate.share" if block.kind != "list_item" or len(words) > 2 else None
    return None


def _is_pointer(block: Block, phrases: Phrases, *, has_mark: bool) -> bool:
    """Return whether a paragraph is nothing but a pointer and the title of another article.

    The whole is looked at: what follows "Read more:" may be prose. A title is one sentence without a full stop; on a
    page it is a link, at least in part.
    """
    line = block.text
    pointer, _, rest = split_at(line, _POINTS) if has_mark else ("", "", "")
    if pointer not in phrases.pointers and not (
        pointer in phrases.capitals and line.strip(" >»")[: len(pointer)].isupper()
    ):
        if _is_linked_pointer(block, phrases):
            return True
        head = _capitals(line)
        if not head or fold(head) not in phrases.capitals:
            return False
        rest = line[len(head) :].strip()
    is_linked = block.link_chars * 5 >= len(rest) * 4
    if len(rest) < 3 or (not is_linked and _INNER_END.search(rest)):
        return False
    if block.element is None:
        return not rest.endswith((".", "。"))
    return block.link_chars * 2 >= len(rest) or (block.link_chars > 0 and not is_sentence(rest))


def is_plain_pointer(line: str) -> bool:
    """Return whether a line without a link says "Read also", and behind a colon there is a title and no sentence.

    >>> is_plain_pointer("Lesen Sie auch: Neues vom anderen Ufer"), is_plain_pointer("See also: the river is high.")
    (True, False)
    """
    if len(line) > _LONGEST_OF["boilerplate.read_also"] or is_sentence(line) or line[-1] in ":：,;":
        return False
    pointer, colon, title = split_at(line, _POINTS)
    return (
        colon in (":", "：")
        and pointer in load_phrases().plain_pointers
        and title.count(" ") >= _LEAST_BLANKS
        and not title[0].islower()
        and _INNER_END.search(title) is None
    )


def _is_headed_list(block: Block, phrases: Phrases) -> bool:
    """Return whether a paragraph is the heading of a list, such as "Related articles", and two links or more."""
    start = block.links[0][0]
    if not 0 < start <= _HEAD or len(block.links) < 2:
        return False
    is_list = block.link_chars * 10 >= (len(block.text) - start) * 9
    return is_list and fold(block.text[:start]) in phrases.heads


def _is_linked_pointer(block: Block, phrases: Phrases) -> bool:
    """Return whether a paragraph begins with a pointer, such as "Read more about bridges", and is nearly all link.

    Or the link is all the rest of it but one word, and it does not end as a sentence: "Also read *ten things to do*".
    """
    line = block.text
    if not block.links or len(line) > LONGEST_CREDIT:
        return False
    if block.link_chars * 10 >= len(line) * 8:
        words = fold(line).split()
        return any(" ".join(words[:count]) in phrases.pointers for count in range(2, min(5, len(words))))
    start, end, _ = block.links[0]
    if start > _HEAD or is_sentence(line) or any(map(str.isalnum, line[end:])):
        return False
    lead = fold(line[:start]).split()
    return any(" ".join(lead[:count]) in phrases.pointers for count in (len(lead) - 1, len(lead)) if count > 1)


def split_at(line: str, mark: re.Pattern[str]) -> tuple[str, str, str]:
    """Return the words before the first mark near the start of a line, the mark, and the rest; empty without one.

    >>> split_at(">> Read more: One thing", _POINTS)
    ('read more', ':', 'One thing')
    """
    start = 0
    while start < 4 and start < len(line) and not line[start].isalnum():
        start += 1
    found = mark.search(line, start, _HEAD)
    return (
        (fold(line[start : found.start()]), found.group().strip(), line[found.end() :].strip())
        if found
        else ("", "", "")
    )


def _capitals(line: str) -> str:
    """Return the words in capitals that begin a line which goes on in others: "READ MORE" of "READ MORE One thing"."""
    if line[:2] != line[:2].upper():  # nearly all
        return ""
    words = line[:_HEAD].split()[:5]
    taken: list[str] = []
    for word in words:
        if word != word.upper() or not word[0].isalpha() or len(word) < 2:
            break
        taken.append(word)
    if not taken or len(taken) == len(words) or not any(char.islower() for char in line[len(" ".join(taken)) :]):
        return ""
    return " ".join(taken)


def _is_photo_credit(line: str, folded: str, phrases: Phrases, *, has_mark: bool) -> bool:
    if folded in phrases.agencies and len(folded) > 3:
        return True
    if not has_mark and not _MARK.search(line, _HEAD) and " via " not in line:
        return False
    lead, _, rest = split_at(line, NAMES)
    if rest and lead in phrases.photo_leads:
        return len(rest) <= 100 and not _INNER_END.search(rest) and not (is_sentence(rest) and len(rest) > 50)
    start = max(line.rfind("/"), line.rfind("|"), line.rfind(" via "), line.rfind("©"))
    if start < 2 or is_sentence(line) or _INNER_END.search(line):
        return False
    return fold(line[start:].removeprefix(" via ")) in phrases.agencies


def _is_picture_line(line: str) -> bool:
    """Return whether a line in Han ends in who took or gave the picture that it describes: "大桥通车。周文 摄"."""
    return is_wide(line[-1]) and _PICTURE_END.search(line, max(0, len(line) - _LONGEST_TAKER)) is not None
