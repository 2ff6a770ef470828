"""Lines around a text that hold nothing but its byline, its date or how long reading takes."""

import re
from collections.abc import Sequence

from transforms.articles.agencies import AGENCIES, find_agency, without_agency
from transforms.articles.byline_openings import find_labelled, is_other_work, source_start
from transforms.articles.cleaning.phrases import fold, is_unspaced, load_phrases, split_words
from transforms.articles.cleaning.rules import COUNTED, LONGEST_CREDIT, NAMES, ZONE, split_at
from transforms.articles.datelines import is_place
from transforms.articles.dates_in_lines import cut_dates, is_label, may_hold_date, spot_dates
from transforms.articles.folding import letters
from transforms.articles.name_forms import PARTICLES, is_office_line, without_host
from transforms.articles.reporters import find_signature, is_staff_line
from transforms.articles.sentence_ends import SENTENCE_ENDS, is_sentence
from transforms.articles.words import all_words, han_words, words_of
from transforms.characters import is_wide

_LONGEST_BYLINE = 100
_LONGEST_SIGNATURE = 60
_MOST_OF_OFFICE = 5
"""Words of the longest office that has a line of its own."""
_LONGEST_NAMED = 20
"""Code points of who is named before an address for mail."""
_LONGEST_TAIL = 4
"""Code points behind a date that are not a sentence, such as "г."."""
_LONGEST_PLACE = 20
"""Code points of the place that stands before a date."""
_MOST_BESIDE, _MOST_BESIDE_HAN = 30, 20
"""Letters that a line with the name of an author has beside it, at most; a sentence has more, or ends as one."""
_MAIL = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{2,20}){1,3}")
_SOURCE = re.compile(
    rf"(?:{'|'.join(word for word in words_of('source') if is_wide(word[0]))})\s?[:：]\s?[^\s:：]{{2,24}}"
)
_DAY = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日)"
    r"(?!\d)"
)
_AROUND_AGENCY = " ()[]（）【】/©"
_LONGEST_INITIALS = 3
"""Letters of initials that may not mean an agency: a button for the size of the letters says "AA"."""

_SMALL = PARTICLES | all_words("and") | frozenset(("for", "of", "the", "in", "at"))
"""Words of a byline that are written small."""


def name_credit(line: str, people: Sequence[str]) -> str | None:
    """Return the rule for a line near the start that holds nothing but a byline, a date or a reading time.

    Args:
        line: one paragraph.
        people: letters and digits of the authors' names, case folded.
    """
    if len(line) > LONGEST_CREDIT:
        return None
    if _is_address(line) or line in AGENCIES:
        return "credits.byline"
    line = without_host(line) if may_hold_date(line) else line
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
    if is_byline_line(bare):
        return "credits.byline"
    is_beside = bare != line and (
        fold(bare) in load_phrases().labels
        or _is_counted(bare)
        or _is_place(bare)
        or is_place(bare)
        or _is_newspaper(bare)
    )
    return "credits.date" if is_beside else None


def is_office_below(line: str) -> bool:
    """Return whether a line below a byline holds nothing but the office of whom it names.

    >>> is_office_below("Corresponsal en Ellery"), is_office_below("Der Redakteur kam zu spät.")
    (True, False)
    """
    words = line.split()
    return len(words) <= _MOST_OF_OFFICE and is_office_line(line) and not is_sentence(line) and line[-1] not in ":："


def name_signature(line: str, people: Sequence[str]) -> str | None:
    """Return the rule for a line below the text that holds nothing but who wrote it.

    Args:
        line: one paragraph.
        people: as for name_credit.
    """
    if len(line) > _LONGEST_SIGNATURE:
        return None
    is_address = _is_address(line) or _ends_in_address(line)
    if is_address or is_staff_line(line) or find_signature(line)[1] == line or _is_agency_line(line):
        return "credits.byline"
    if not people:
        return None
    key = letters(line)
    is_own = (
        key in people
        or letters(without_agency(line)) in people
        or (line[-1] not in SENTENCE_ENDS and letters(find_labelled(line)) in people)
    )
    is_own = is_own or (is_byline_line(line) and any(key.endswith(person) for person in people))
    return "credits.byline" if is_own else None


def _is_agency_line(line: str) -> bool:
    """Return whether a line is an agency and nothing else, also in brackets or behind the label of a source.

    >>> [_is_agency_line(line) for line in ("(dpa/AFP)", "STT", "Nguồn: TTXVN", "AA", "Reuters reported")]
    [True, False, True, False, False]
    >>> [_is_agency_line(line) for line in ("/ritzau/", "dpa", "Theo TTXVN", "Source familiar with AFP")]
    [True, True, True, False]
    """
    bare = line[source_start(line, needs_colon=False) :].strip(_AROUND_AGENCY)
    is_marked = bare != line or len(bare) > _LONGEST_INITIALS or bare.islower()
    return is_marked and find_agency(bare) is not None


def _is_address(line: str) -> bool:
    """Return whether a line is an address for mail and nothing else, as reporters have it beside their names."""
    return "@" in line and len(line) <= _LONGEST_SIGNATURE and _MAIL.fullmatch(line) is not None


def _ends_in_address(line: str) -> bool:
    """Return whether a line is a name in Han, kana or hangul with an address for mail behind it, and no label."""
    name, _, address = line.rpartition(" ")
    if "@" not in address or not name or len(name) > _LONGEST_NAMED or any(sign in name for sign in ":：.。"):
        return False
    return is_wide(name[-1]) and _MAIL.fullmatch(address) is not None


def _is_counted(words: str) -> bool:
    """Return whether what stands beside a date is a number with its label: "12 comments", "Просмотров: 340"."""
    label = " ".join(word for word in fold(words).split() if not word.isdigit())
    return load_phrases().labels.get(label) in COUNTED


def _is_place(words: str) -> bool:
    """Return whether what stands beside a date may be the place: a word or two that begin with a capital."""
    return (
        len(words) <= _LONGEST_PLACE and words[0].isupper() and not any(char.isdigit() or char == ":" for char in words)
    )


def _is_newspaper(words: str) -> bool:
    """Return whether what stands beside a date is a newspaper or another organisation in Han: "《海州周刊》"."""
    is_title = words.startswith("《") and words.find("》") == len(words) - 1
    return len(words) <= _LONGEST_PLACE and (is_title or words.endswith(tuple(han_words()["organization_ends"])))


def _without_dates(line: str) -> str:
    """Return what a line holds beside its dates, their labels and weekdays; all of a sentence."""
    dates = spot_dates(line)
    if not dates or (line[-1] in SENTENCE_ENDS and len(line) - dates[-1].end > _LONGEST_TAIL):
        return line
    parts = [part.strip(" ,·•-–—:()[]") for part in cut_dates(line, dates).split("|")]
    days = load_phrases().days
    return " ".join(part for part in parts if part and not is_label(part) and fold(part) not in days)


def is_date_line(line: str, words: Sequence[str]) -> bool:
    """Return whether a line is a date, with or without its label and time, and nothing else."""
    phrases = load_phrases()
    if not 2 <= len(words) <= 24 or not any(word.isdigit() for word in words):
        return False
    for word in words:
        is_name = word in phrases.months or word in phrases.days or word in phrases.date_words
        if not (word.isdigit() or is_name or word in ZONE):
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


def is_byline_line(line: str) -> bool:
    """Return whether a line is a byline such as "By Jane Roe" or "Von Jane Roe und Sam Doe, Berlin".

    >>> is_byline_line("By Jane Roe"), is_byline_line("By Friday the water had reached the church")
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
        lead, _, rest = split_at(bare, NAMES)
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
        elif word.lower().strip(",") not in _SMALL and word.lower() == word and word in first and len(first) < 4:
            return False
    return bool(names) and not names[0][0].islower() and capitals * 3 >= 2 * len(names)


def find_byline(lines: Sequence[str]) -> str | None:
    """Return the first of some lines that is a byline; None where none is.

    >>> find_byline(["Photos by Max Muster", "Источник: Эллери Пост", "Von Jane Roe"])
    'Von Jane Roe'
    """
    return next((line for line in lines if line[-1:] != "." and _names_author(line)), None)


def _names_author(line: str) -> bool:
    """Return whether a line is a byline, and not the credit of a source or of other work."""
    is_short = len(line) <= _LONGEST_BYLINE
    return is_short and is_byline_line(line) and not source_start(line) and not is_other_work(line)
