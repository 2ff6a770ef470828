"""Text that was encoded as UTF-8 twice, such as ``CafÃ©`` for ``Café``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple


class _Reading(NamedTuple):
    """A single-byte encoding that UTF-8 was mistaken for."""

    byte_of: Mapping[str, int]
    chars: re.Pattern[str]
    """What it has beyond ASCII, one or more."""
    run: re.Pattern[str]
    """Characters that are whole sequences of UTF-8 when taken for bytes."""
    openings: tuple[tuple[bytes, re.Pattern[bytes]], ...]
    """The UTF-8 of the first two characters of such a sequence: a byte, and the pattern of those that begin with it."""


def _reading(codec: str) -> _Reading:
    # What a codec leaves out, browsers take for the control character of the same number.
    byte_of = {chr(byte): byte for byte in range(0x80, 0xA0)}
    for byte in range(0x80, 0x100):
        char = bytes([byte]).decode(codec, "ignore")
        if char:
            byte_of[char] = byte

    def chars(first: int, last: int) -> str:
        return "[" + re.escape("".join(char for char, byte in byte_of.items() if first <= byte <= last)) + "]"

    rest = chars(0x80, 0xBF)
    leads = ((chars(0xC2, 0xDF), 1), (chars(0xE0, 0xEF), 2), (chars(0xF0, 0xF4), 3))
    rests = "|".join(f"(?<={lead}){rest}{{{count}}}" for lead, count in leads)
    sequence = f"{chars(0xC2, 0xF4)}(?:{rests})"
    # A set of characters stands in front, not a group: re looks for the first of them fifteen times as fast.
    run = re.compile(f"{sequence}(?:{sequence})*+")
    return _Reading(byte_of, re.compile(f"{chars(0x80, 0xFF)}+"), run, tuple(_openings(byte_of)))


def _openings(byte_of: Mapping[str, int]) -> Iterator[tuple[bytes, re.Pattern[bytes]]]:
    rest = b"|".join(_sets(char for char, byte in byte_of.items() if byte <= 0xBF))
    leads = [char for char, byte in byte_of.items() if 0xC2 <= byte <= 0xF4]
    for lead in _sets(leads):
        yield lead[:1], re.compile(lead + b"(?:" + rest + b")")


def _sets(chars: Iterable[str]) -> Iterator[bytes]:
    """Yield patterns of the UTF-8 of characters, one for all that differ in the last byte alone."""
    utf8 = sorted(char.encode() for char in chars)
    for before, group in groupby(utf8, key=lambda one: one[:-1]):
        yield before + b"[" + b"".join(re.escape(one[-1:]) for one in group) + b"]"


_READINGS = (_reading("cp1252"), _reading("cp1251"))
_PLAIN_MARKS = re.compile("[ÃÂ].|â€.", re.DOTALL)
_FEW = 3
_LONGEST = 4
"""Characters of the longest sequence."""
_MOST_LOOKED_UP = 100
_ASCII = bytes(range(0x80))
_BLANKS = bytes(32 if byte < 0x80 else byte for byte in range(0x100))


def undo_double_utf8(text: str, utf8: bytes | None = None) -> str:
    """Decode once more what was encoded twice; return the same text where that is not sure.

    It is sure where nearly all letters beyond ASCII, those aside that no single-byte encoding has, make up
    sequences of UTF-8: letters of a real text stand side by side in such an order once in a while, not all of them.

    >>> undo_double_utf8("CafÃ© fermÃ©"), undo_double_utf8("He wrote Ã© for é"), undo_double_utf8("NÃO, À «vista»")
    ('Café fermé', 'He wrote Ã© for é', 'NÃO, À «vista»')
    >>> undo_double_utf8("Itâ€™s"), undo_double_utf8("РџРѕСЂС‚")
    ('It’s', 'Порт')

    Args:
        text: decoded once.
        utf8: the same text in UTF-8, where the caller has it.
    """
    if text.isascii():
        return text
    body = text.encode("utf-8", "surrogatepass") if utf8 is None else utf8
    runs = ""
    for reading in _READINGS:
        if not any(_has_opening(body, byte, form) for byte, form in reading.openings):
            continue
        runs = runs or _runs_beyond_ascii(body)
        if not _may_be_sequences(runs, reading):
            continue
        undone = _undo(text, reading, len(runs))
        if undone is not None:
            return undone
    return text


def _has_opening(body: bytes, byte: bytes, form: re.Pattern[bytes]) -> bool:
    """Return whether a form that begins with a byte stands in a text.

    Most pages have few such bytes, or none. To look each of them up takes a fifth of the time of a search; where they
    are many, the search is faster.
    """
    place = body.find(byte)
    for _ in range(_MOST_LOOKED_UP):
        if place < 0 or form.match(body, place) is not None:
            return place >= 0
        place = body.find(byte, place + 1)
    return place >= 0 and form.search(body, place) is not None


def _may_be_sequences(runs: str, reading: _Reading) -> bool:
    """Return whether what stands beyond ASCII holds a sequence, and little before the first.

    Each sequence has two characters at least: where an eighth stands before the first, too little can follow. A text
    in Cyrillic letters shows that in its first quarter, of which all is counted in one step.
    """
    quarter = len(runs) // 4
    found = reading.run.search(runs, 0, quarter + _LONGEST)
    start = min(found.start(), quarter) if found is not None else quarter
    if 8 * _count(runs[:start], reading) > len(runs):
        return False
    return found is not None or reading.run.search(runs, quarter) is not None


def _undo(text: str, reading: _Reading, most: int) -> str | None:
    """Decode the sequences in a text once more; None where too much else stands beside them.

    Args:
        text: decoded once.
        reading: the encoding that UTF-8 was mistaken for.
        most: characters beyond ASCII, at least two of which make up a sequence.
    """
    kept: list[str] = []
    end = sequences = others = 0
    for found in reading.run.finditer(text):
        before = text[end : found.start()]
        others += _count(before, reading)
        try:
            decoded = bytes(reading.byte_of[char] for char in found.group()).decode("utf-8")
        except UnicodeDecodeError:
            decoded = found.group()
            others += len(decoded)
        else:
            sequences += len(decoded)
        kept += (before, decoded)
        end = found.end()
        if others * 8 > most:  # as below, whatever follows
            return None
    others += _count(text[end:], reading)
    if others * 4 > sequences or (sequences < _FEW and not _PLAIN_MARKS.search(text)):
        return None
    return "".join((*kept, text[end:]))


def _runs_beyond_ascii(body: bytes) -> str:
    """Return what stands together beyond ASCII in UTF-8, with blanks between: most pages have few such characters."""
    blanked = body.translate(_BLANKS)
    return b" ".join(blanked.split()).decode("utf-8", "surrogatepass")


def _beyond_ascii(text: str) -> str:
    """Return the characters of a text beyond ASCII, which takes a tenth of the time that a search of the text takes."""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def _count(text: str, reading: _Reading) -> int:
    """Count the characters beyond ASCII that the encoding has."""
    beyond = _beyond_ascii(text)
    return len(beyond) - len(reading.chars.sub("", beyond))
