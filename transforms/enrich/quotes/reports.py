"""What a sentence says of a quotation: the verb of saying, and whose it is."""

from typing import NamedTuple

from transforms.enrich.quotes.subjects import Clauses, Speaker
from transforms.enrich.quotes.words import Token

REACH = 30
"""Words between a quotation and the verb that reports it."""

_LINKS = frozenset((":", ",", "that", "dass", "que", "che", "dat", "-", "–", "—"))
_IMPERSONAL = frozenset(("heißt", "hieß"))
_FROM = frozenset(("aus", "von", "vom", "seitens", "vonseiten"))
_MODALS = frozenset(("can", "could", "may", "might", "should"))
_SETS_OFF = (",", "–", "—", "-")
_LABEL_WORDS = 14  # most words before a colon where nobody says anything
_TAG_WORDS = 8  # most words between a quotation and a verb such as "laughed"
_CLAUSE_WORDS = 12  # most words between a verb of saying and a colon


class Attribution(NamedTuple):
    """Who says a quotation, by which verb, and where that stands."""

    speaker: Speaker | None
    verb: str | None
    method: str
    is_attached: bool
    """Whether the clause touches the quotation, so that even a single word is said."""
    is_behind: bool = False
    """Whether it stands behind."""


def _by_verb(clauses: Clauses, verb: int, speaker: Speaker | None, place: str, *, is_attached: bool) -> Attribution:
    if speaker is not None and _is_example(clauses, verb, speaker):
        return Attribution(None, clauses.tokens[verb].low, "none", False)
    if speaker is not None and _is_impersonal(clauses, verb):
        source = _source_of(clauses, verb)
        return Attribution(source, clauses.tokens[verb].low, "none" if source is None else place, is_attached)
    method = "pronoun" if speaker is not None and speaker.is_pronoun else place
    return Attribution(speaker, clauses.tokens[verb].low, method, is_attached, place == "after")


def _is_example(clauses: Clauses, verb: int, speaker: Speaker) -> bool:
    """Whether words are only what anybody could say: "you can say: “…”"."""
    tokens = clauses.tokens
    if not speaker.is_pronoun:
        return False
    for at in range(verb - 1, max(clauses.low - 1, verb - 4), -1):
        if tokens[at].start == speaker.start:
            return tokens[at].low in clauses.language.others and tokens[at + 1].low in _MODALS
    return False


def _is_impersonal(clauses: Clauses, verb: int) -> bool:
    """Whether nobody is the subject of a verb: "es heißt: „…“"."""
    tokens = clauses.tokens
    return tokens[verb].low in _IMPERSONAL and "es" in (
        tokens[verb - 1].low,
        tokens[min(verb + 1, len(tokens) - 1)].low,
    )


def _source_of(clauses: Clauses, verb: int) -> Speaker | None:
    """Whose words they are, behind "hieß es aus" or before "heißt es"; None where that is not said."""
    tokens = clauses.tokens
    behind = verb + (2 if tokens[min(verb + 1, len(tokens) - 1)].low == "es" else 1)
    for at in (behind, clauses.low):
        if at < clauses.high and tokens[at].low in _FROM:
            return clauses.after(at, verb if at < verb else None)
    return None


def _first_behind(clauses: Clauses, at: int, end: int) -> Token | None:
    """The word or mark behind an offset, looked for from a word on."""
    return next((token for token in clauses.tokens[at : at + 20] if token.start >= end), None)


def subject_of(clauses: Clauses, verb: int, low: int) -> Speaker | None:
    """Subject of a verb in front of a quotation, on whichever side of it the language puts it."""
    tokens, language = clauses.tokens, clauses.language
    speaker = clauses.before(verb, low)
    if clauses.is_gerund(verb):
        if speaker is not None and (speaker.is_pronoun or clauses.has_determiner(speaker)):
            return speaker
        return _main_subject(clauses, verb, low) or speaker
    if verb > low and tokens[verb - 1].low == "," and tokens[verb].low not in language.objects:
        after = clauses.after(verb) if speaker is None else None  # after the talks, says Ana Torv, “…”
        last = _first_behind(clauses, verb + 1, after.end) if after is not None else None
        is_closed = last is None or last.low in (",", ":", ".") or (last.span >= 0 and not language.bare_nouns)
        if after is not None and is_closed:
            return after
    if language.verb_second or language.null_subject:
        first = tokens[low].low
        is_fronted = first in language.prepositions or first in language.times or first in language.fronting
        if speaker is None or (language.verb_second and is_fronted):
            speaker = clauses.after(verb) or speaker
    return speaker or clauses.before_or_first(verb, low)


def _main_subject(clauses: Clauses, verb: int, low: int) -> Speaker | None:
    """Subject of the last verb of saying before one that has none of its own, or what the sentence begins with."""
    for at in range(verb - 1, max(low, verb - REACH), -1):
        if clauses.is_verb(at) and not clauses.is_gerund(at):
            found = clauses.before(at, low)
            if found is not None:
                return found
    return clauses.first_phrase(low, verb)


def right_before(clauses: Clauses, at: int) -> Attribution | None:
    """A verb of saying or a colon right before the quotation."""
    tokens, low = clauses.tokens, clauses.low
    last = at - 1
    has_colon = last >= low and tokens[last].low == ":"
    if has_colon:  # she called it “odd”, but Ana Torv was less sure: “…”
        low = next((before + 1 for before in range(last, low - 1, -1) if tokens[before].span >= 0), low)
    while last >= low and tokens[last].low in _LINKS:
        last -= 1
    if last - 1 >= low and tokens[last - 1].low in clauses.language.ambiguous & clauses.language.objects:
        last -= 1  # as Ana Torv put it
    if last < low:
        return None
    for verb in range(last, max(low - 1, last - (_CLAUSE_WORDS if has_colon else 1)), -1):
        if clauses.is_verb(verb) or (verb == last and clauses.is_tag(verb)):
            speaker = subject_of(clauses, verb, low)
            if speaker is not None:
                return _by_verb(clauses, verb, speaker, "before", is_attached=True)
    if not has_colon:
        is_said = clauses.is_verb(last) and last + 1 < at
        return Attribution(None, tokens[last].low, "none", False) if is_said else None
    source = according(clauses, low, at)
    if source is not None:
        return source
    speaker = _before_colon(clauses, low, last)
    return Attribution(speaker, None, "colon", True) if speaker is not None else None


def _before_colon(clauses: Clauses, low: int, last: int) -> Speaker | None:
    """Who is named before a colon, as in a headline or an interview, from the word ``low`` on."""
    tokens = clauses.tokens
    if low > last:
        return None
    if last - low > _LABEL_WORDS:
        return None
    for one in clauses.mentions.between(tokens[low].start, tokens[last].end):
        if one.is_person:
            return Speaker(one.start, one.end, one.entity)
    if clauses.language.nouns_upper or not clauses.is_name(low):
        return None
    end = low
    while end < last and clauses.is_name(end + 1):
        end += 1
    if end == low < last and clauses.mentions.at(tokens[low]) is None:
        return None  # any word with which a sentence begins
    return Speaker(tokens[low].start, tokens[end].end, None)


def behind(clauses: Clauses, at: int, *, is_set_off: bool) -> Attribution | None:
    """A clause behind the quotation.

    Args:
        clauses: those of the sentence.
        at: the quotation.
        is_set_off: it ends with a comma or the like.
    """
    tokens, language, high = clauses.tokens, clauses.language, clauses.high
    start = at + 1
    while start < high and tokens[start].low in _SETS_OFF:
        start += 1
    if start + 1 < high and clauses.is_between(start) and tokens[start + 1].low == ",":  # “…”, however, says Ana Torv
        start += 2
    is_set_off = is_set_off or start > at + 1
    if start >= high:
        return None
    source = according(clauses, start, start + 1)
    if source is not None:
        return source._replace(is_attached=is_set_off, is_behind=True)
    verb = start
    while verb < min(high, start + 3) and clauses.is_between(verb):  # ha detto, a déclaré
        verb += 1
    if verb < high and _may_follow(clauses, verb, is_set_off=is_set_off):
        speaker = clauses.after(verb)
        if speaker is not None or language.null_subject:
            return _by_verb(clauses, verb, speaker, "after", is_attached=True)
    first = tokens[start]
    for verb in range(start + 1, min(high, start + REACH)):
        if tokens[verb].span >= 0:
            break
        if not _may_follow(clauses, verb, is_set_off=is_set_off, reach=verb - start):
            continue
        if tokens[verb - 1].low in language.relative and _follows_again(clauses, verb, start):
            continue  # an official, who asked not to be named, said
        is_part = first.low in language.prepositions or first.low in language.joins or not first.low[:1].isalnum()
        if tokens[verb - 1].low == "," and is_part:  # “…” of the pier, said Ana Torv.
            speaker = clauses.after(verb)
            last = _first_behind(clauses, verb + 1, speaker.end) if speaker is not None else None
            if speaker is not None and (last is None or last.low in (".", ",", "(")):
                return _by_verb(clauses, verb, speaker, "after", is_attached=False)
        speaker = clauses.before_or_first(verb, start)
        if speaker is None:
            continue
        if first.low in language.joins:
            return None
        is_attached = is_set_off and not is_part
        return _by_verb(clauses, verb, speaker, "after", is_attached=is_attached and speaker.start - first.start <= 60)
    return None


def _may_follow(clauses: Clauses, verb: int, *, is_set_off: bool, reach: int = 0) -> bool:
    is_object = clauses.tokens[verb].low in clauses.language.objects
    is_said = clauses.is_verb(verb) and not clauses.is_gerund(verb) and (is_set_off or not is_object)
    return is_said or (is_set_off and reach <= _TAG_WORDS and clauses.is_tag(verb))


def _follows_again(clauses: Clauses, verb: int, start: int) -> bool:
    """Whether another verb of saying comes behind a clause set off by commas."""
    end = min(clauses.high, start + REACH)
    return any(
        clauses.tokens[at].low in clauses.language.strong and clauses.tokens[at - 1].low == ","
        for at in range(verb + 1, end)
    )


def in_front(clauses: Clauses, at: int) -> Attribution | None:
    """A clause in front of the quotation, of which the quotation is a part."""
    tokens, low = clauses.tokens, clauses.low
    verbs = [verb for verb in range(at - 1, max(low - 1, at - 2 * REACH), -1) if clauses.is_verb(verb)]
    strong = [verb for verb in verbs if tokens[verb].low in clauses.language.strong]
    for verb in (*strong, *verbs):
        speaker = subject_of(clauses, verb, low)
        if speaker is not None:
            return _by_verb(clauses, verb, speaker, "before", is_attached=False)
    source = according(clauses, low, at)
    if source is not None:
        return source
    for verb in verbs:
        if verb > low and tokens[verb - 1].low in clauses.language.coordinates:  # the board met and warned of “…”
            speaker = clauses.first_phrase(low, verb - 1)
            if speaker is not None:
                return _by_verb(clauses, verb, speaker, "before", is_attached=False)
    return None


def according(clauses: Clauses, low: int, high: int) -> Attribution | None:
    """A source behind "according to"."""
    tokens, language = clauses.tokens, clauses.language
    for at in range(low, high):
        if tokens[at].low not in language.sources:
            continue
        is_apart = at == clauses.low or tokens[at - 1].low == ","
        for words in (*language.according, *(language.opinion if is_apart else ())):
            if any(at + n >= clauses.high or tokens[at + n].low != word for n, word in enumerate(words)):
                continue
            speaker = clauses.after(at + len(words) - 1)
            if speaker is None:
                continue
            if words in language.opinion:  # only "for Ana Torv, …"
                last = _first_behind(clauses, at + 1, speaker.end)
                if last is None or last.low != "," or speaker.is_pronoun:
                    continue
            return Attribution(speaker, None, "according", False)
    return None


def inside(clauses: Clauses) -> Attribution | None:
    """A clause within a quotation, as French and Spanish newspapers put it; the clauses are those of its words."""
    tokens, language = clauses.tokens, clauses.language
    for at in range(1, len(tokens) - 1):
        if tokens[at].low not in (",", "—", "–", "!", "?"):
            continue
        verb = at + 1
        while verb < min(len(tokens) - 1, at + 3) and tokens[verb].low in language.between:
            verb += 1
        if not clauses.is_verb(verb):
            continue
        speaker = clauses.after(verb)
        last = _first_behind(clauses, verb + 1, speaker.end) if speaker is not None else None
        if last is not None and (last.low in (".", ",", "—", "–") or last.low in language.prepositions):
            return _by_verb(clauses, verb, speaker, "inside", is_attached=False)
    return None


def last_subject(clauses: Clauses, *, strong_only: bool) -> Speaker | None:
    """Subject of the last verb of saying in a sentence."""
    for verb in range(clauses.high - 1, max(clauses.low - 1, clauses.high - 2 * REACH), -1):
        is_last = verb == clauses.high - 2 and clauses.is_tag(verb)  # Ana Torv laughed.
        is_said = clauses.is_verb(verb) and not (
            strong_only and clauses.tokens[verb].low not in clauses.language.strong
        )
        if is_said or is_last:
            speaker = subject_of(clauses, verb, clauses.low)
            if speaker is not None:
                return None if _is_example(clauses, verb, speaker) or _is_impersonal(clauses, verb) else speaker
    return None


def only_subject(clauses: Clauses) -> Speaker | None:
    """Subject of all verbs of saying in a sentence; None where they have several."""
    found: Speaker | None = None
    for verb in range(max(clauses.low, clauses.high - 2 * REACH), clauses.high):
        if not clauses.is_verb(verb) or clauses.tokens[verb].low in clauses.language.ambiguous:
            continue
        speaker = subject_of(clauses, verb, clauses.low)
        if speaker is None or speaker.is_pronoun:
            continue
        if found is not None and found.entity != speaker.entity:
            return None
        found = speaker
    return found
