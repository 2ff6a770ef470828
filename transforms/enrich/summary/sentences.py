"""Where the sentences of a text begin and end.

A paragraph ends a sentence. Within one, a sentence ends at a mark that white space follows, unless what comes next
begins in lower case, or the word before the mark is an abbreviation, an initial or, in some languages, an ordinal
number.
"""

import re
from collections.abc import Iterator

from transforms.enrich.by_rules import MAX_CHARS

_MARK = "[.!?…؟۔。！？｡।॥]"
_END = re.compile(_MARK + _MARK + "{0,7}[\"'”’»›«“)\\]」』）〉》]{0,4}")
_NEEDS_NO_SPACE = frozenset("。！？｡।॥")
_NEXT = re.compile(r"[\s\"'“”‘’„«»‹›()\[\]¿¡–—\-•*]{0,20}")
_SHORT_FORM = re.compile(r"[^\W_]{1,3}(?:\.[^\W_]{1,2}){1,4}")
_MAX_WORD = 24
_WORD = re.compile(r"[^\W\d_]")
_STARTER = re.compile(
    r"(?:A|An|And|As|At|But|By|For|From|He|Her|His|However|I|If|In|It|Its|Mr|Mrs|Ms|No|On|She|So|Some|That|The|Their|"
    r"Then|There|These|They|This|Those|To|We|What|When|While|With|You|Yet)\b"
)

ABBREVIATIONS = frozenset(
    # titles and offices
    "adm asst atty brig capt cmdr col comdr cpl cpt dep dr drs dra esq fr gen gov hon insp ir jr lieut lt maj messrs "
    "mgr mlle mm mme mr mrs ms msgr ofc pres prof profa pvt rep reps rev rt sen sens sgt spc sr sra srta st ste sto "
    "supt td "
    # months that are cut
    "jan feb apr jun jul aug sept oct okt nov dez ene abr dic janv févr avr juil déc giu lug "
    # companies and places
    "co corp inc ltd bros cie ave blvd rd hwy mt ft av avda "
    # references and measures
    "approx ca cf ed eds etc figs ff nos núm nº op pp pg vol vols vs bd bzw bspw dgl evtl ggf inkl mio mrd nr sog tel "
    "usw vgl zzgl pág págs ud uds tj tzn resp např str tzv ul tys mln mld godz bv dhr mevr enz blz dvs osv kl mht iht "
    "ing dott avv ecc гг ул им руб коп тыс млн млрд др рис стр вул грн".split()
)
"""Words that a full stop follows without ending a sentence, lower case, of all languages together."""

_MAX_ABBREVIATION = max(map(len, ABBREVIATIONS))

_BEFORE_NUMBERS = frozenset(
    "no art fig sec ch p n s mar dec sep ago set mon tue tues wed thu thur thurs fri sat sun max min nr par g "
    "г т п с м".split()
)
"""Words of which that is true only before a number, since sentences end with them, too."""

_ORDINALS = frozenset(("cs", "da", "de", "et", "fi", "fo", "hr", "hu", "is", "lb", "lv", "nb", "nn", "no", "pl", "sk"))
_ORDINALS |= {"sl", "sr", "bs", "tr"}
"""Languages that write "the 3rd" as "3."."""


def split_sentences(text: str, language: str | None = None) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each sentence, in order, white space around it left out. Linear in the text.

    >>> text = "Dr. Lind left at 5 p.m. on Jan. 3. “Why?” she was asked."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Dr. Lind left at 5 p.m. on Jan. 3.', '“Why?” she was asked.']

    Args:
        text: of which the first :data:`MAX_CHARS` are read.
        language: of the text, ISO 639-1; None where it is not known.
    """
    has_ordinals = language in _ORDINALS
    text = text[:MAX_CHARS]
    start = 0
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        for found in _END.finditer(text, start, end):
            after = found.end()
            if after == end or _is_end(text, found, end, has_ordinals=has_ordinals):
                yield from _trim(text[start:after], start)
                start = after
        yield from _trim(text[start:end], start)
        start = end + 1


def _trim(part: str, start: int) -> tuple[tuple[int, int], ...]:
    """Return the offsets of a part of a text that begins there, without white space; nothing where it has no word."""
    kept = part.strip()
    if kept and (kept[0].isalnum() or any(map(str.isalnum, kept))):
        first = start + part.index(kept[0])
        return ((first, first + len(kept)),)
    return ()


def _is_end(text: str, found: re.Match[str], end: int, *, has_ordinals: bool) -> bool:
    """Whether a sentence ends at a mark that does not end the paragraph."""
    marks = found.group()
    if marks[0] in _NEEDS_NO_SPACE:
        return True
    after = found.end()
    if not text[after].isspace():
        return False
    following = after + 1
    if following >= end:
        return True
    if not text[following].isalnum():
        skipped = _NEXT.match(text, following, end)
        following = skipped.end() if skipped else following
        if following >= end:
            return True
    if text[following].islower():
        return False
    if marks != ".":
        return True
    at = found.start()
    before = text[max(0, at - _MAX_WORD) : at].rsplit(None, 1)
    word = before[-1].lstrip("(\"“‘'«„[") if before and not text[at - 1].isspace() else ""
    if word.isalpha() and len(word) > _MAX_ABBREVIATION:
        return True
    if word.isdigit():
        return not (has_ordinals and len(word) <= 2)
    if _SHORT_FORM.fullmatch(word):  # U.S., p.m.
        return bool(_STARTER.match(text, following)) or not _WORD.match(text, following)
    if len(word) == 1 and word.isupper():  # an initial
        return bool(_STARTER.match(text, following))
    if len(word) == 1 and text[following + 1 : following + 2] == ".":  # z. B.
        return False
    if word.lower() in _BEFORE_NUMBERS:
        return not text[following].isdigit()
    return word.lower() not in ABBREVIATIONS
