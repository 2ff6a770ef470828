"""What an amount is an amount of, where English grammar says so plainly."""

import re

_STOP = frozenset(
    "a an the and or but of in on at to for from with by as than that which who whose when where while if because "
    "since until after before over under between during through across into per is are was were be been has have "
    "had will would could can may might should must do does did said says say its his her their our my your this "
    "these those it he she they we you i not no so also only just more less each every all both about around last "
    "next year years month months week weeks day days ago today now then up down out off back away apart higher "
    "lower against within without worth either compared total general there what how why some any other such even "
    "still already yet once again together annually relative toward towards yearly monthly daily respectively "
    "ahead above below long wide high tall deep thick old left via plus including alone went came being".split()
)
"""Words that no noun phrase goes on over."""

_DETERMINER = re.compile(
    r"\b(?:a|an|the|its|his|her|their|our|this|that|another|one|new|latest|first|second|annual|additional|further|initial"
    r"|proposed|planned|controversial)(?: (?:about|around|nearly|almost|roughly|more than|up to|estimated|record))? $"
)
_WORD = re.compile(r"[ -]?([^\W\d_][\w'\u2019-]{0,24})")
_OF = re.compile(r" (?:worth of|of|in) ")
_NOUN_OF = re.compile(
    r"([^\W\d_][\w'\u2019-]{2,24}(?: (?:before|after) (?:tax(?:es|ation)?|interest))?)"
    r" of (?:(?:about|around|nearly|almost|over|up to|more than|at least) )?$"
)
_RATE = re.compile(
    r" (rise|increase|drop|fall|decline|jump|cut|gain|reduction|surge|growth|raise|hike|decrease|slump)s? in "
)
_NOT_NOUNS = frozenset(
    (
        *("out", "because", "instead", "ahead", "short", "speed", "one", "many", "most", "some", "half", "each", "all"),
        *("shy", "tens", "hundreds", "thousands", "millions", "billions", "part", "none", "any", "both", "much"),
        *("kind",),
        *("sort", "lots", "plenty", "majority", "rest", "few", "total", "sum", "range", "amount", "figure"),
        *("equivalent",),
        *(
            "average",
            "excess",
            "region",
            "upwards",
            "maximum",
            "minimum",
            "mean",
            "median",
            "tune",
            "order",
            "record",
            "lieu",
            "front",
            "favor",
            "favour",
            "spite",
            "terms",
        ),
    )
)
_LENGTHS = re.compile(
    r"(?<![a-z])(?:feet|foot|ft\.?|met(?:er|re)s?|m|k?ms?|miles?|inch(?:es)?|yards?|cm|mm|(?:kilo|centi|milli)met(?:er|re)s?|mph|hp)$"
)
"""Units behind which "of" is not what was measured: "3 feet of a window"."""

_RATE_BEHIND = re.compile(r"-(?:an?|per)\b")
_NO_NOUN = ("edly", "n't", "n\u2019t")
_DETERMINERS = frozenset(("a", "an", "the", "its", "his", "her", "their", "our", "your", "my", "this", "these", "it"))

_IN_NOT = frozenset(
    (
        *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
        *("december", "early", "late", "recent", "total", "addition", "fact", "terms", "favor", "favour", "order"),
        *("all",),
        *("general", "return", "exchange", "response", "comparison", "length", "size", "width", "height", "line"),
        *("place",),
        *("spring", "summer", "autumn", "winter", "fall", "part", "real", "both", "diameter", "circumference"),
        *("advance",),
    )
)


def find_subject(text: str, low: str, start: int, end: int, kind: str) -> tuple[int, int] | None:
    """Find the noun phrase that says what an amount of English text is about.

    These are read: "a $3bn loan" (a determiner before, a noun behind), "$3bn in damages", "40 tonnes of rice",
    "5 percent rise in prices" and "a fine of $500".

    Args:
        text: as it stands.
        low: the same in lower case.
        start: of the amount.
        end: of the amount.
        kind: of the amount.

    Returns:
        Offsets; None where the grammar does not say it plainly.
    """
    if found := _RATE.match(low, end):
        behind = _phrase(text, low, found.end(), skip_determiner=True)
        return None if behind is None else (found.start(1), behind[1])
    if found := _OF.match(low, end):
        word = found.group().strip()
        if (word == "in" and kind != "money") or (kind == "quantity" and _LENGTHS.search(low, start, end)):
            return None
        phrase = _phrase(text, low, found.end(), skip_determiner=word != "in")
        if phrase is None or (word == "in" and (low[phrase[0] : phrase[1]].split(maxsplit=1)[0] in _IN_NOT)):
            return None
        return None if word == "in" and text[phrase[0]].isupper() else phrase
    before = low[max(0, start - 40) : start]
    if _DETERMINER.search(before):
        return _phrase(text, low, end, skip_determiner=False, is_behind_of=False)
    if (found := _NOUN_OF.search(before)) and found[1] not in _NOT_NOUNS and found[1] not in _STOP:
        offset = max(0, start - 40)
        if found.start(1) == 0 and offset:
            return None
        return offset + found.start(1), offset + found.end(1)
    return None


def _phrase(
    text: str, low: str, at: int, *, skip_determiner: bool, is_behind_of: bool = True
) -> tuple[int, int] | None:
    """Find the one to three words of a noun phrase that begin at an offset or behind one space or hyphen."""
    if skip_determiner:
        for word in ("the ", "its ", "their ", "his ", "her ", "all ", "a ", "an "):
            if low.startswith(word, at):
                at += len(word)
                break
    begin = None
    stop = at
    is_name = False
    for number in range(4):
        found = _WORD.match(text, stop)
        if found is None or (text[stop : stop + 1] == "-" and (number or _RATE_BEHIND.match(low, stop))):
            break
        word = found.group(1).lower()
        is_capital = word != found.group(1)
        if word in _STOP or word.endswith(_NO_NOUN) or (is_name and not is_capital and word.endswith("s")):
            break
        if number and (
            _is_verb(low, word, found.end()) or (is_capital and not is_name and not found.group(1).isupper())
        ):
            break
        begin = found.start(1) if begin is None else begin
        is_name = is_capital if not number else is_name
        stop = found.end()
        if word.endswith(("'s", "\u2019s")) or (text[stop : stop + 1] == "." and text[stop + 1 : stop + 2].isalpha()):
            return None
        if is_behind_of and word.endswith("s") and not word.endswith("ss"):
            break  # a plural ends the phrase: what follows is its verb
    return None if begin is None else (begin, stop)


def _is_verb(low: str, word: str, end: int) -> bool:
    """Tell whether a word behind a noun is rather its verb, by its ending and by what follows."""
    if word.endswith(("ly", "ing", "s's", "n't", "n\u2019t")):
        return True
    following = _WORD.match(low, end)
    if following is None:
        return word.endswith("ed") and not word.endswith("eed")
    if following.group(1) in _DETERMINERS:
        return True
    return word.endswith("ed") and not word.endswith("eed") and following.group(1) in _STOP
