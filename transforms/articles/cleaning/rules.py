"""The rules of cleaning: their names, and which of them one paragraph falls under."""

import re
from collections.abc import Mapping, Sequence

from transforms.articles.agencies import AGENCIES
from transforms.articles.blocks import Block
from transforms.articles.byline_openings import find_labelled
from transforms.articles.cleaning.phrases import (
    Phrases,
    find_call,
    find_inside,
    fold,
    fold_to_words,
    is_unspaced,
    load_phrases,
    may_be_call,
    split_words,
)
from transforms.articles.datelines import is_place
from transforms.articles.dates_in_lines import find_dates, is_label, may_hold_date
from transforms.articles.folding import letters
from transforms.articles.reporters import is_staff_line
from transforms.articles.sentence_ends import SENTENCE_ENDS, is_sentence
from transforms.articles.words import han_words, words_of
from transforms.characters import is_wide

RULES: Mapping[str, str] = {
    "repeats.headline": "the headline or another title of the article, repeated at the start",
    "credits.byline": "names of authors near the start, or of authors and editors alone at the end",
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
_LONGEST_LABEL = 90
_LONGEST_WHOLE = 260
"""Code points of paragraphs that all phrases are looked for in; longer ones must begin as a call does."""
_BEGINNING = 60
_LONGEST_CALL = 320
_LONGEST_POINTER = 220
_LONGEST_CREDIT = 140
_LONGEST_BYLINE = 100
_LONGEST_SIGNATURE = 60
_LONGEST_NAMED = 20
"""Code points of who is named before an address for mail."""
_LONGEST_TAIL = 4
"""Code points behind a date that are not a sentence, such as "г."."""
_LONGEST_PLACE = 20
"""Code points of the place that stands before a date."""
_MOST_BESIDE, _MOST_BESIDE_HAN = 30, 20
"""Letters that a line with the name of an author has beside it, at most; a sentence has more, or ends as one."""
_HEAD = 60
"""Code points in which what a colon or arrow ends must stand."""

_POINTS = re.compile(r"[:：|►▶→»>–—]|\s-(?=\s)")
"""What stands between a pointer and a title."""
_NAMES = re.compile(r"[:：©/|＝=]")
"""What stands between "Photo" and a name."""
_MARK = re.compile(r"[:：|►▶→»>–—/＝=©-](?:(?<!-)|(?<=\s-))")
"""Either of the two. A search for one set of characters takes a third of the time that one for alternatives takes."""
_INNER_END = re.compile(r"[^\W\d]{3}[.!?。！？؟]['\"”’»)\]]{0,2}\s[^\W_]")
_COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\)).{0,60}?(?:19|20)\d\d|©[^.!?]{2,90}$", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{2,20}){1,3}")
_LONGEST_TAKER = 34
_PICTURE_END = re.compile(
    r"[\s。！？（(▲△][^\s。！？，,]{0,18}"
    r"(?:(?:供图|供圖|提供圖片)(?:\s[^\s。，]{2,8})?|[^\s。！？，,拍]\s?[摄攝]|视频截图|影片截圖|截图|截圖|资料图片?|資料圖片?|视觉中国(?:\s?资料图?)?)"
    r"[）)]?$"
)
"""Who took or gave a picture, or where it is from, at the end of its caption."""

_CHANNEL = re.compile(r"(\w{2,12})\s?[:：]\s?[^\s:：|｜，,；;]{2,30}[\s|｜，,；;]{0,3}")
_CHANNELS = re.compile(rf"(?:{_CHANNEL.pattern})++")
_SOURCE = re.compile(
    rf"(?:{'|'.join(word for word in words_of('source') if is_wide(word[0]))})\s?[:：]\s?[^\s:：]{{2,24}}"
)
_DAY = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日)"
    r"(?!\d)"
)
_ZONE = frozenset(
    "gmt utc est edt cst cdt mst mdt pst pdt bst ist cet cest wst et pt z t am pm h m s st nd rd th".split()
)
_PARTICLE = frozenset((
    "de", "da", "del", "della", "der", "den", "di", "do", "dos", "du", "e", "el", "la", "le", "van", "von", "ten",
    "ter", "zu", "al", "bin", "ibn", "y", "and", "und", "et", "og", "och", "en", "i", "&", "with", "for", "und",
    "of", "the", "ja", "a", "и", "та", "και", "ve", "és", "și", "oraz", "mit", "avec", "con", "com", "in", "at",
))  # fmt: skip


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
            return None if is_head or (rule in _NOT_OPEN and line[-1] in ":：") else rule
    if size <= _LONGEST_CREDIT and _is_list_of_channels(line):
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
    if size <= _LONGEST_CREDIT and block.kind != "list_item" and not line.isascii() and _is_picture_line(line):
        return "boilerplate.photo_credit"
    if mark is None and size > _LONGEST_CREDIT:
        return None
    if (
        size <= _LONGEST_CREDIT
        and block.kind != "list_item"
        and _is_photo_credit(line, folded, phrases, has_mark=mark is not None)
    ):
        return "boilerplate.photo_credit"
    if size <= _LONGEST_OF["boilerplate.copyright"] and _COPYRIGHT.match(line):
        return "boilerplate.copyright"
    if ":" not in line and "：" not in line:
        return None
    lead, colon, _ = _split_at(line, _NAMES)
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
        bare = " ".join(word for word in words if not word.isdigit())
        rule = phrases.labels.get(bare)
        return rule if rule in ("boilerplate.comments", "boilerplate.share", "boilerplate.feedback") else None
    if 2 <= len(words) <= 16 and phrases.networks.issuperset(words) and len(set(words) - _ZONE) > 1:
        return "boilerplate.share" if block.kind != "list_item" or len(words) > 2 else None
    return None


def _is_pointer(block: Block, phrases: Phrases, *, has_mark: bool) -> bool:
    """Return whether a paragraph is nothing but a pointer and the title of another article.

    The whole is looked at: what follows "Read more:" may be prose. A title is one sentence without a full stop; on a
    page it is a link, at least in part.
    """
    line = block.text
    pointer, _, rest = _split_at(line, _POINTS) if has_mark else ("", "", "")
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
    if not block.links or len(line) > _LONGEST_CREDIT:
        return False
    if block.link_chars * 10 >= len(line) * 8:
        words = fold(line).split()
        return any(" ".join(words[:count]) in phrases.pointers for count in range(2, min(5, len(words))))
    start, end, _ = block.links[0]
    if start > _HEAD or is_sentence(line) or any(map(str.isalnum, line[end:])):
        return False
    lead = fold(line[:start]).split()
    return any(" ".join(lead[:count]) in phrases.pointers for count in (len(lead) - 1, len(lead)) if count > 1)


def _split_at(line: str, mark: re.Pattern[str]) -> tuple[str, str, str]:
    """Return the words before the first mark near the start of a line, the mark, and the rest; empty without one.

    >>> _split_at(">> Read more: One thing", _POINTS)
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
    lead, _, rest = _split_at(line, _NAMES)
    if rest and lead in phrases.photo_leads:
        return len(rest) <= 100 and not _INNER_END.search(rest) and not (is_sentence(rest) and len(rest) > 50)
    start = max(line.rfind("/"), line.rfind("|"), line.rfind(" via "), line.rfind("©"))
    if start < 2 or is_sentence(line) or _INNER_END.search(line):
        return False
    return fold(line[start:].removeprefix(" via ")) in phrases.agencies


def _is_picture_line(line: str) -> bool:
    """Return whether a line in Han ends in who took or gave the picture that it describes: "大桥通车。周文 摄"."""
    return is_wide(line[-1]) and _PICTURE_END.search(line, max(0, len(line) - _LONGEST_TAKER)) is not None


def name_credit(line: str, people: Sequence[str]) -> str | None:
    """Return the rule for a line near the start that holds nothing but a byline, a date or a reading time.

    Args:
        line: one paragraph.
        people: letters and digits of the authors' names, case folded.
    """
    if len(line) > _LONGEST_CREDIT:
        return None
    if _is_address(line) or line in AGENCIES:
        return "credits.byline"
    words = split_words(fold(line))
    if is_date_line(line, words):
        return "credits.date"
    if _is_reading_time(words):
        return "credits.reading_time"
    source = _SOURCE.search(line) if not line.isascii() else None
    if source and is_date_line(rest := f"{line[: source.start()]} {line[source.end() :]}", split_words(fold(rest))):
        return "credits.date"
    bare = _without_dates(line) if may_hold_date(line) else line
    if not bare or (bare != line and _is_reading_time(split_words(fold(bare)))):
        return "credits.date"
    key = letters(bare)
    for person in people:
        most = _MOST_BESIDE_HAN if is_wide(person[0]) else _MOST_BESIDE
        if key == person or (len(key) - len(person) < most and person in key and line[-1] not in SENTENCE_ENDS):
            return "credits.byline"
    if is_byline(bare):
        return "credits.byline"
    is_beside = bare != line and (
        fold(bare) in load_phrases().labels or _is_place(bare) or is_place(bare) or _is_newspaper(bare)
    )
    return "credits.date" if is_beside else None


def name_signature(line: str, people: Sequence[str]) -> str | None:
    """Return the rule for a line below the text that holds nothing but who wrote it.

    Args:
        line: one paragraph.
        people: as for name_credit.
    """
    if len(line) > _LONGEST_SIGNATURE:
        return None
    if _is_address(line) or _ends_in_address(line) or is_staff_line(line):
        return "credits.byline"
    if not people:
        return None
    key = letters(line)
    is_own = key in people or (line[-1] not in SENTENCE_ENDS and letters(find_labelled(line)) in people)
    is_own = is_own or (is_byline(line) and any(key.endswith(person) for person in people))
    return "credits.byline" if is_own else None


def _is_address(line: str) -> bool:
    """Return whether a line is an address for mail and nothing else, as reporters have it beside their names."""
    return "@" in line and len(line) <= _LONGEST_SIGNATURE and _MAIL.fullmatch(line) is not None


def _ends_in_address(line: str) -> bool:
    """Return whether a line is a name in Han, kana or hangul with an address for mail behind it, and no label."""
    name, _, address = line.rpartition(" ")
    if "@" not in address or not name or len(name) > _LONGEST_NAMED or any(sign in name for sign in ":：.。"):
        return False
    return is_wide(name[-1]) and _MAIL.fullmatch(address) is not None


def _is_place(words: str) -> bool:
    """Return whether what stands beside a date may be the place: a word or two that begin with a capital."""
    return (
        len(words) <= _LONGEST_PLACE and words[0].isupper() and not any(char.isdigit() or char == ":" for char in words)
    )


def _is_newspaper(words: str) -> bool:
    """Return whether what stands beside a date is a newspaper or another organisation in Han: "海州日报"."""
    return len(words) <= _LONGEST_PLACE and words.endswith(tuple(han_words()["organization_ends"]))


def _without_dates(line: str) -> str:
    """Return what a line holds beside its dates and their labels; all of a sentence."""
    dates = find_dates(line)
    if not dates or (line[-1] in SENTENCE_ENDS and len(line) - dates[-1].end > _LONGEST_TAIL):
        return line
    bare = line
    for date in reversed(dates):
        bare = f"{bare[: date.start]} | {bare[date.end :]}"
    parts = [part.strip(" ,·•-–—:()[]") for part in bare.split("|")]
    return " ".join(part for part in parts if part and not is_label(part))


def is_date_line(line: str, words: Sequence[str]) -> bool:
    """Return whether a line is a date, with or without its label and time, and nothing else."""
    phrases = load_phrases()
    if not 2 <= len(words) <= 24 or not any(word.isdigit() for word in words):
        return False
    for word in words:
        is_name = word in phrases.months or word in phrases.days or word in phrases.date_words
        if not (word.isdigit() or is_name or word in _ZONE):
            return False
    numbers = sum(word.isdigit() for word in words)
    if _DAY.search(line) or (numbers >= 2 and any(word in phrases.months for word in words)):
        return True
    if any(word in phrases.ago for word in words) and any(word in phrases.units for word in words):
        return True
    label = next((count for count, word in enumerate(words) if word.isdigit()), 0)
    return " ".join(words[:label]) in phrases.date_labels


def _is_reading_time(words: Sequence[str]) -> bool:
    """Return whether words say how long reading takes, such as "3 min read" or "Lesezeit: 4 Minuten"."""
    phrases = load_phrases()
    if not 2 <= len(words) <= 10 or not any(word.isdigit() and len(word) < 4 for word in words):
        return False
    others = [word for word in words if not word.isdigit()]
    if len(words) - len(others) > 2 or not all(word in phrases.reading_words for word in others):
        return False
    joined = " ".join(others)
    return joined in phrases.reading_labels or any(
        f" {label} " in f" {joined} " for label in phrases.reading_labels if len(label) > 6
    )


def is_byline(line: str) -> bool:
    """Return whether a line is a byline such as "By Jane Roe" or "Von Jane Roe und Sam Doe, Berlin".

    >>> is_byline("By Jane Roe"), is_byline("By Friday the water had reached the church")
    (True, False)
    """
    if not 5 <= len(line) <= 110 or line[-1] in "!?:：":
        return False
    bare = line.strip(" *_[]()—–-•|")
    words = bare.split()
    leads = load_phrases().byline_leads
    for count in range(min(4, len(words) - 1), 0, -1):
        if fold(" ".join(words[:count])) in leads:
            break
    else:
        lead, _, rest = _split_at(bare, _NAMES)
        return lead in leads and is_unspaced(rest) and len(rest) <= 20 and not is_sentence(rest)
    if is_unspaced(bare):
        return len(bare) <= 24 and not is_sentence(bare)
    has_colon = words[count - 1].endswith((":", "："))
    names = words[count:]
    if len(names) > 9:
        return False
    first = names[: next((n + 1 for n, word in enumerate(names) if word.endswith((",", ";", "|"))), len(names))]
    first = [word for word in first if word.strip(",;|")]
    if count == 1 and not has_colon and not 2 <= len(first) <= 6:
        return False
    if has_colon and len(names) == 1:
        return names[0][0].isupper()
    capitals = 0
    for word in names:
        if word[0].isupper() or not word[0].isalpha():
            capitals += 1
        elif word.lower().strip(",") not in _PARTICLE and word.lower() == word and word in first and len(first) < 4:
            return False
    return bool(names) and not names[0][0].islower() and capitals * 3 >= 2 * len(names)


def find_byline(lines: Sequence[str]) -> str | None:
    """Return the first of some lines that is a byline; None where none is."""
    return next((line for line in lines if len(line) <= _LONGEST_BYLINE and line[-1:] != "." and is_byline(line)), None)
