"""Rules that cut the spans of a model to names, and drop what is not a name.

Each is a function of the text and its mentions, which are sorted and do not overlap, and returns such mentions.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.enrich.entities.labels import PERSON_LABELS, Labelled
from transforms.enrich.entities.places import is_state_of_us, place_labels
from transforms.enrich.entities.surface import has_marks, trim_span
from transforms.enrich.entities.words import Lexicon

_NAMES = frozenset((*PERSON_LABELS, "ORG", "GPE", "LOC", "FAC"))
_NAMES_AND_PEOPLES = _NAMES | {"NORP"}
_SEPARATOR = re.compile(r"\s[/|•·–—-]\s|\s[/&|+–—-]\Z|[\r\n]")
_SENTENCE_END = re.compile(r"[^\W\d_]{5}(\.\s{1,3})(?=[^\W\d_])")
_PARTY = re.compile(r"[DRI]-(?=[A-Z])")
_SPACED = re.compile(r"\S{1,100}")
_OF_NAME = re.compile(r" of [A-Z][\w'-]{1,30}(?: [A-Z][\w'-]{1,30}){0,2}")
_CURRENCY = re.compile(r"\s?[$£€¥]")
_SUM = re.compile(r"[A-Z]{1,3}\$?\d{1,3}(?:[.,]\d{1,3}){1,5}[a-z]{0,2}")
_ADDRESS = re.compile(r"://|@\w|www\.")
_NUMBERS = re.compile(r"(?: \d[\d-]{0,8}){1,3}\Z")
_CLOSED_BY = {"(": ")", "[": "]"}


class _Word(NamedTuple):
    start: int
    end: int
    bare: str
    """In lower case, without the full stop and comma at its end."""


def words_in(text: str, start: int, end: int) -> list[_Word]:
    """Return the words of a span."""
    return [_Word(w.start(), w.end(), bare_word(w.group())) for w in _SPACED.finditer(text, start, end)]


def bare_word(word: str) -> str:
    """Return a word in lower case, without the full stop or comma at its end.

    >>> bare_word("Gov."), bare_word("Inc.,")
    ('gov', 'inc')
    """
    return word.lower().rstrip(".,")


def _trimmed(text: str, start: int, end: int, label: str) -> Iterator[Labelled]:
    start, end = trim_span(text, start, end, label)
    if start < end:
        yield Labelled(start, end, label)


def cut_spans(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """Cut a span at a line's end, at `` / ``, `` - `` and the like, at an unclosed bracket and at a sentence's end.

    Not after a word for a people: "Israeli - Palestinian" is one adjective. A party is cut off a state of the United
    States: "D-Minn.".
    """
    cut: list[Labelled] = []
    for m in mentions:
        if not has_marks(text[m.start : m.end]):
            cut.append(m)
            continue
        if _is_party_of_state(text, m):
            cut.append(Labelled(m.start + 2, m.end, "GPE"))
            continue
        start = m.start
        for end, after in sorted((*_separators(text, m), *_unclosed(text, m), *_sentence_ends(text, m))):
            if start <= end:
                cut.extend(_trimmed(text, start, end, m.label))
                start = after
        cut.extend(_trimmed(text, start, m.end, m.label) if start > m.start else (m,))
    return cut


def _separators(text: str, m: Labelled) -> Iterator[tuple[int, int]]:
    words = text[m.start : m.end]
    for found in _SEPARATOR.finditer(words):
        before = words[max(0, found.start() - 60) : found.start()].rsplit(None, 1)[-1:]
        if not before or place_labels().get(before[0]) != "NORP":
            yield m.start + found.start(), m.start + found.end()


def _unclosed(text: str, m: Labelled) -> Iterator[tuple[int, int]]:
    words = text[m.start : m.end]
    for opening, closing in _CLOSED_BY.items():
        at = words.rfind(opening)
        if at > 0 and words[at - 1].isspace() and closing not in words[at:]:
            yield m.start + at, m.start + at + 1


def _is_party_of_state(text: str, m: Labelled) -> bool:
    party = _PARTY.match(text, m.start, m.end) if m.label in ("ORG", "GPE") else None
    return party is not None and is_state_of_us(text[party.end() : m.end])


def _sentence_ends(text: str, m: Labelled) -> Iterator[tuple[int, int]]:
    for found in _SENTENCE_END.finditer(text, m.start, m.end):
        if text[found.end()].isupper():
            yield found.span(1)


def cut_ends(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Cut words off the end that do not end a name ("Heydour near"), and the word of a caption ("Ana Torv Image:").

    So are numbers behind a person ("Ana Torv 2", where she had two goals).
    """
    cut: list[Labelled] = []
    for m in mentions:
        is_counted = m.label in PERSON_LABELS and text[m.end - 1].isdigit()
        if is_counted and (numbers := _NUMBERS.search(text, m.start, m.end)):
            cut.extend(_trimmed(text, m.start, numbers.start(), m.label))
            continue
        last = bare_word(text[m.start : m.end].rsplit(None, 1)[-1]) if m.label in _NAMES else ""
        if last not in words.captions and last not in words.inner_words:
            cut.append(m)
            continue
        found = words_in(text, m.start, m.end)
        if found and found[-1].bare in words.captions and text[m.end : m.end + 1] == ":":
            found.pop()
        while len(found) > 1 and found[-1].bare in words.inner_words and _is_inner(text, found[-1]):
            found.pop()
        if found:
            cut.extend((m,) if found[-1].end == m.end else _trimmed(text, m.start, found[-1].end, m.label))
    return cut


def _is_inner(text: str, word: _Word) -> bool:
    """Names end in "To" and "Near", but not in "to" and "near"; "The" begins another sentence."""
    return text[word.start].islower() or word.bare == "the"


def join_persons(text: str, mentions: Sequence[Labelled]) -> list[Labelled]:
    """Join two persons with nothing but a space between them: "Shameez Torv" and "Lund" are one name."""
    joined: list[Labelled] = []
    for m in mentions:
        before = joined[-1] if joined else None
        if (
            before is not None
            and m.label == before.label
            and m.label in PERSON_LABELS
            and m.start == before.end + 1
            and text[before.end] == " "
            and text[m.start].isupper()
            and text[before.start : before.end].rsplit(" ", 1)[-1][:1].isupper()
        ):
            joined[-1] = Labelled(before.start, m.end, m.label)
        else:
            joined.append(m)
    return joined


def extend_heads(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Extend an organisation that is but the head of a name: "House" where "of Lords" follows.

    The name has one to three more words with a capital, and ends where a mention among these ends.
    """
    extended: list[Labelled] = []
    for n, m in enumerate(mentions):
        if extended and m.start < extended[-1].end:
            continue
        end = _end_of_head(text, m, words) if m.label == "ORG" and text[m.start : m.end].isalpha() else None
        if end is None:
            extended.append(m)
            continue
        after = next((other for other in mentions[n + 1 :][:1] if other.start < end), None)
        extended.append(Labelled(m.start, max(end, after.end if after else end), "ORG"))
    return extended


def _end_of_head(text: str, m: Labelled, words: Lexicon) -> int | None:
    if text[m.start : m.end].lower() not in words.org_starts:
        return None
    found = _OF_NAME.match(text, m.end)
    return found.end() if found else None


def cut_offices(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Cut offices and courtesies off the ends of persons; drop a person that is nothing but an office."""
    cut: list[Labelled] = []
    for m in mentions:
        if m.label not in PERSON_LABELS or not _may_have_office(text[m.start : m.end], words):
            cut.append(m)
            continue
        found = words_in(text, m.start, m.end)
        first = 0
        for n, word in enumerate(found):
            if word.bare in words.offices:
                first = n + 1
            elif word.bare not in words.office_links:
                break
        last = len(found)
        while last > first and found[last - 1].bare in words.offices:
            last -= 1
        if first == 0 and last == len(found):
            cut.append(m)
        elif first < last:
            cut.extend(_trimmed(text, found[first].start, found[last - 1].end, m.label))
    return cut


def _may_have_office(name: str, words: Lexicon) -> bool:
    parts = name.split()
    first, last = bare_word(parts[0]), bare_word(parts[-1])
    return first in words.offices or first in words.office_links or last in words.offices


def cut_lower_case(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Cut words in lower case off the start of a name: "east Jerusalem"; not a particle: "al-Amr", "iPhone"."""
    cut: list[Labelled] = []
    for m in mentions:
        start = m.start
        if text[start].isupper():
            cut.append(m)
            continue
        for word in _SPACED.finditer(text, m.start, m.end):
            start = word.start()
            if not _is_common(word.group(), text[word.end() : m.end], words):
                break
            start = m.end
        if start == m.start:
            cut.append(m)
        else:
            cut.extend(_trimmed(text, start, m.end, m.label))
    return cut


def _is_common(word: str, after: str, words: Lexicon) -> bool:
    """Return whether a word at the start of a name is not part of it."""
    if not word[0].islower():
        return not any(c.isalnum() for c in word)
    particle = word.replace("’", "'").replace("'", "-").split("-", 1)
    if particle[0] in words.particles and any(c.isupper() for c in (particle[1] if len(particle) > 1 else after)):
        return False
    return (len(particle) > 1 and not particle[0].isalpha()) or not any(c.isupper() for c in particle[0])


def drop_nameless(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Drop what cannot be a name in any language.

    That is: addresses of the Web and of mail; of persons, organisations and places, one without a letter; one without a
    capital, where the script has them; a sum of money ("N1,500"); a country that is part of a currency ("US$"); and
    what stands behind the prefix of an adjective ("pro-Kremlin").
    """
    return [m for m in mentions if not _is_nameless(text, m, words)]


def _is_nameless(text: str, m: Labelled, words: Lexicon) -> bool:
    name = text[m.start : m.end]
    is_marked = has_marks(name)
    if is_marked and _ADDRESS.search(name):
        return True
    if m.label not in _NAMES:
        return False
    if is_marked and _SUM.fullmatch(name):
        return True
    if not name[:1].isupper() and (name.islower() or not any(c.isalpha() for c in name)):
        return True
    if len(name) <= 4 and _CURRENCY.match(text, m.end):
        return True
    if m.start == 0 or text[m.start - 1] != "-":
        return False
    before = text[max(0, m.start - 8) : m.start - 1].split()
    return bool(before) and before[-1].lower() in words.prefixes


def drop_denied(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Drop persons, organisations and places that are none: COVID-19, Brexit, AI, "machine learning"."""
    return [m for m in mentions if m.label not in _NAMES_AND_PEOPLES or not _is_denied(text[m.start : m.end], words)]


def _is_denied(name: str, words: Lexicon) -> bool:
    bare = name.lower()
    if bare in words.denied or bare in words.denied_phrases:
        return True
    return bare in words.denied_acronyms and name[:2].isupper()


def drop_portfolios(text: str, mentions: Sequence[Labelled], *, words: Lexicon) -> list[Labelled]:
    """Drop an organisation that is the field of an office: "Home Secretary", "Secretary of State"."""
    if not words.portfolios:
        return list(mentions)
    return [m for m in mentions if m.label != "ORG" or not _is_portfolio(text, m, words)]


def _is_portfolio(text: str, m: Labelled, words: Lexicon) -> bool:
    return _is_beside_office(text, m, words) and not (
        text[m.start : m.end].isupper()
        or any(w.bare in words.org_heads or w.bare in words.org_starts for w in words_in(text, m.start, m.end))
    )


def _is_beside_office(text: str, m: Labelled, words: Lexicon) -> bool:
    """Return whether a word for an office stands behind a mention, or one and "of" or the like before it."""
    if text[m.end : m.end + 1] == " ":
        after = text[m.end : m.end + 24].split(None, 2)
        if after and bare_word(after[0]) in words.portfolios:
            return len(after) == 1 or bare_word(after[1]) not in words.office_ends
    before = text[max(0, m.start - 32) : m.start].split()
    while before and bare_word(before.pop()) in words.office_links:
        if before and bare_word(before[-1]) in words.portfolios:
            return True
    return False
