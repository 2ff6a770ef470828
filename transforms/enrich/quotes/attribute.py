"""Which quotation marks hold what somebody said, and who."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.articles import Entity
from transforms.enrich.quotes import reports
from transforms.enrich.quotes.marks import MAX_PARAGRAPHS, Paragraph, Span, find_paragraphs
from transforms.enrich.quotes.pronouns import Pronouns
from transforms.enrich.quotes.reports import Attribution
from transforms.enrich.quotes.subjects import Clauses, Mentions, Speaker
from transforms.enrich.quotes.words import ENDS, Language, Token, find_sentences, read_tokens

MAX_QUOTES = 200
"""Quotations that are given for one text."""

FRAGMENT_WORDS = 3
"""Words that make a quotation of what is part of a sentence, and not said by a clause of its own."""

UNSAID_WORDS = 5
"""The same, where nothing says who speaks."""

_LOWER_WORDS = 8  # the same, where it is not a sentence
_TITLE_WORDS = 30  # most words of a title
_TERM_WORDS = 4  # most words of a term
_WINDOW = 120  # words and marks of a sentence that are looked at on either side
_INSIDE_CHARS = 600  # of a quotation that are read for a clause within it
_BEFORE_CHARS = 600  # of the paragraph before
_DIALOGUE_CHARS = 2000  # of a paragraph that a dash opens
_OBJECTS = ("her", "haar")  # determiners that are objects as well
_DASHES = ("—", "–")
_CLOSED_BY = ",.!?…-–—"


class Quotation(NamedTuple):
    """One quotation and its speaker."""

    span: Span
    speaker: Speaker | None
    verb: str | None
    method: str


def find_quotes(text: str, entities: Sequence[Entity], language: Language) -> list[Quotation]:
    """Find the quotations of a text, in order, at most MAX_QUOTES.

    Titles, names, terms and single words in quotation marks are left out. Takes time linear in the text.

    >>> from transforms.enrich.quotes.words import load_languages
    >>> (found,) = find_quotes("“We will mend it,” said a diver of the “Seagull”.", (), load_languages()["en"])
    >>> (found.verb, found.method, found.speaker.start)
    ('said', 'after', 24)
    """
    return _Reader(text, entities, language).read()


class _Part(NamedTuple):
    """One paragraph with its words; ``ends`` are the words with which its sentences begin, but for the first."""

    number: int
    tokens: Sequence[Token]
    ends: Sequence[int]

    def sentence(self, at: int) -> tuple[int, int]:
        """The part of the sentence around a word that is looked at."""
        after = bisect_right(self.ends, at)
        low = self.ends[after - 1] if after else 0
        high = self.ends[after] if after < len(self.ends) else len(self.tokens)
        return max(low, at - _WINDOW), min(high, at + _WINDOW)


class _Quoted(NamedTuple):
    """One span: the word that stands for it among those of its paragraph, its clauses, and how many words it has."""

    span: Span
    at: int
    clauses: Clauses
    words: int


class _Reader:
    """A text that is read from its beginning to its end."""

    def __init__(self, text: str, entities: Sequence[Entity], language: Language) -> None:
        self._text = text
        self._language = language
        self._mentions = Mentions(entities)
        self._pronouns = Pronouns(text, entities, self._mentions)
        self._quoted: list[tuple[int, int]] = []
        self._last: Quotation | None = None
        self._last_paragraph = -9
        self._before: Paragraph | None = None

    def read(self) -> list[Quotation]:
        """The quotations in order."""
        found: list[Quotation] = []
        for number, paragraph in enumerate(find_paragraphs(self._text)):
            if paragraph.spans:
                first = len(found)
                found.extend(self._read_paragraph(number, paragraph))
                if first < len(found) and found[first].span.continues:
                    self._pass_back(found, first)
            elif self._language.dashes and self._text[paragraph.start] in _DASHES:
                found.extend(self._read_dialogue(number, paragraph))
            if len(found) >= MAX_QUOTES:
                return found[:MAX_QUOTES]
            self._before = paragraph
        return found

    def _pass_back(self, found: list[Quotation], at: int) -> None:
        """Give the speaker of a quotation to what it continues, in paragraphs before that say nothing of it."""
        speaker = found[at].speaker
        for index in range(at - 1, max(-1, at - MAX_PARAGRAPHS), -1):
            one = found[index]
            is_open = not self._text[one.span.end : one.span.outer_end].strip()
            if speaker is None or one.speaker is not None or not is_open:
                return
            found[index] = _continued(one.span, speaker)
            if not one.span.continues:
                return

    def _read_paragraph(self, number: int, paragraph: Paragraph) -> Iterator[Quotation]:
        tokens = read_tokens(self._text, paragraph.start, paragraph.end, paragraph.spans, self._language)
        part = _Part(number, tokens, find_sentences(self._text, tokens, self._language))
        self._quoted.extend((span.start, span.end) for span in paragraph.spans)
        quoted = []
        for at, token in enumerate(tokens):
            if token.span >= 0:
                clauses = Clauses(tokens, *part.sentence(at), self._mentions, self._language)
                span = paragraph.spans[token.span]
                quoted.append(_Quoted(span, at, clauses, len(self._text[span.start : span.end].split())))
        told = [self._attribute(one) for one in quoted]
        for index in range(len(told) - 2, -1, -1):  # “A” and “B,” she said
            later = told[index + 1]
            if told[index] is None and later is not None and later.speaker is not None:
                ends = part.ends
                if bisect_right(ends, quoted[index].at) == bisect_right(ends, quoted[index + 1].at):
                    told[index] = later._replace(is_attached=False)
        previous: Quotation | None = None
        for one, attribution in zip(quoted, told, strict=True):
            found = self._decide(part, one, attribution, previous)
            if found is not None:
                previous = self._last = self._resolve(found, self._told_before(part, one, found))
                self._last_paragraph = number
                yield previous

    def _read_dialogue(self, number: int, paragraph: Paragraph) -> Iterator[Quotation]:
        """What is said in a paragraph that a dash opens; only where a clause in it says who speaks.

        Spanish and Portuguese set that clause between dashes, French behind a comma.
        """
        end = min(paragraph.end, paragraph.start + _DIALOGUE_CHARS)
        tokens = read_tokens(self._text, paragraph.start, end, (), self._language)
        clauses = Clauses(tokens, 0, len(tokens), self._mentions, self._language)
        told = reports.inside(clauses)
        if told is None or told.speaker is None:
            return
        first = next(at for at, token in enumerate(tokens) if token.start >= told.speaker.start)
        cut = next((at for at in range(first - 1, 0, -1) if tokens[at].low in (*_DASHES, *",!?")), 0)
        if cut < FRAGMENT_WORDS:
            return
        start, end = tokens[1].start, tokens[cut if tokens[cut].low in "!?" else cut - 1].end
        said = Quotation(Span(start, end, paragraph.start, end, False, "—"), told.speaker, told.verb, told.method)
        self._last, self._last_paragraph = self._resolve(said, None), number
        yield self._last
        again = next((at for at in range(first, len(tokens) - 1) if tokens[at].low in _DASHES), None)
        if again is not None and tokens[cut].low in _DASHES and again + 1 < len(tokens):
            after = again + (2 if tokens[again + 1].low in (".", ",", ";") else 1)
            if after < len(tokens):
                start, end = tokens[after].start, tokens[-1].end
                yield _continued(Span(start, end, start, end, False, "—"), self._last.speaker)

    def _attribute(self, one: _Quoted) -> Attribution | None:
        """What its sentence says of a span."""
        clauses, at, span = one.clauses, one.at, one.span
        near = reports.right_before(clauses, at)
        if near is not None and (near.speaker is not None or near.is_attached):
            return near
        if at - 2 >= clauses.low and clauses.tokens[at - 1].low == ":" and clauses.tokens[at - 2].span >= 0:
            told = reports.in_front(clauses, at - 2)  # Ana Torv called it “odd”: “…”
            if told is not None:
                return told._replace(is_attached=True)
        after = None
        is_ended = self._text[span.end - 1] == "."
        if not is_ended or (at + 1 < clauses.high and not clauses.tokens[at + 1].is_upper):
            after = reports.behind(clauses, at, is_set_off=self._text[span.end - 1] in _CLOSED_BY)
            if after is not None and after.is_attached:
                return after
        if one.words < FRAGMENT_WORDS:
            return after or near
        return reports.in_front(clauses, at) or self._inside(span) or after or near

    def _inside(self, span: Span) -> Attribution | None:
        if not self._language.clauses_inside:
            return None
        tokens = read_tokens(self._text, span.start, min(span.end, span.start + _INSIDE_CHARS), (), self._language)
        return reports.inside(Clauses(tokens, 0, len(tokens), self._mentions, self._language))

    def _decide(
        self, part: _Part, one: _Quoted, attribution: Attribution | None, previous: Quotation | None
    ) -> Quotation | None:
        """The quotation that a span is; None for a title, a name or a term."""
        span = one.span
        if span.is_lost and not (self._is_sentence(span) and attribution is not None and attribution.is_attached):
            return None  # only where it is announced: the mayor said: “…
        if span.continues and previous is None and self._last is not None and self._last_paragraph == part.number - 1:
            if attribution is not None and attribution.speaker is not None:
                return Quotation(span, attribution.speaker, attribution.verb, attribution.method)
            return _continued(span, self._last.speaker)
        if attribution is not None:
            is_introduced = one.at > 0 and one.clauses.tokens[one.at - 1].low in (":", ",")
            least = self._least_words(span, attribution, is_introduced=is_introduced)
            if one.words < least or self._names_thing(one, attribution):
                return None
            speaker = attribution.speaker
            if speaker is None and attribution.is_attached and self._language.null_subject:  # ha scritto su X
                speaker = previous.speaker if previous is not None else self._speaker_before(part, one)
                if speaker is None and self._last is not None and self._last_paragraph == part.number - 1:
                    speaker = self._last.speaker
            return Quotation(span, speaker, attribution.verb, attribution.method)
        is_sentence = self._is_sentence(span)
        if previous is not None:
            if is_sentence and previous.speaker is not None and one.clauses.high - one.clauses.low == 1:
                return _continued(span, previous.speaker)  # “Who knows?” said Ana Torv. “Nobody.”
            least = FRAGMENT_WORDS if is_sentence else UNSAID_WORDS
            if one.words < least or self._names_thing(one, None):
                return None
            return _continued(span, previous.speaker)
        least = UNSAID_WORDS
        if one.at > 0 and one.clauses.tokens[one.at - 1].low == ":":
            least -= 1
        elif is_sentence and FRAGMENT_WORDS <= one.words < UNSAID_WORDS and self._speaker_before(part, one) is not None:
            least = FRAGMENT_WORDS  # Ana Torv laughed. “Ask me in May.”
        if one.words < least or self._names_thing(one, None):
            return None
        if is_sentence:
            return self._unsaid(part, one)
        if one.words >= _LOWER_WORDS and self._text[span.start].islower():
            return Quotation(span, None, None, "none")
        return None

    def _unsaid(self, part: _Part, one: _Quoted) -> Quotation:
        """A sentence in quotation marks of which its own sentence says nothing."""
        speaker = self._speaker_before(part, one)
        before = self._before
        if speaker is None and before is not None and one.at == 0 and self._text[before.end - 1] == ":":
            speaker = self._paragraph_before(before)
        if speaker is None and all(token.span >= 0 or not token.low[:1].isalnum() for token in part.tokens):
            is_ended = (
                self._text[one.span.end - 1] in ENDS or self._text[one.span.outer_end : one.span.outer_end + 1] in ".!?"
            )
            if self._last is not None and self._last_paragraph == part.number - 1 and is_ended:
                return _continued(one.span, self._last.speaker)
            if self._before is not None and not self._before.spans:
                speaker = self._paragraph_before(self._before)
        return Quotation(one.span, speaker, None, "context" if speaker is not None else "none")

    def _least_words(self, span: Span, attribution: Attribution, *, is_introduced: bool) -> int:
        if attribution.speaker is None and not attribution.is_attached:
            return UNSAID_WORDS
        if not attribution.is_attached:
            return FRAGMENT_WORDS
        if attribution.is_behind:
            return 1 if self._text[span.end - 1] in _CLOSED_BY else 2
        return 1 if is_introduced or self._is_sentence(span) else FRAGMENT_WORDS

    def _is_sentence(self, span: Span) -> bool:
        text = self._text
        is_ended = text[span.end - 1] in ENDS or text[span.outer_end : span.outer_end + 1] in {".", "!", "?", "\n"}
        return is_ended and text[span.start : span.end].lstrip("([¿¡…")[:1].isupper()

    def _names_thing(self, one: _Quoted, attribution: Attribution | None) -> bool:
        """Whether the marks hold a title, a name or a term."""
        tokens, at, language = one.clauses.tokens, one.at, self._language
        before = tokens[at - 1].low if at else ""
        words = self._text[one.span.start : one.span.end]
        if attribution is not None and attribution.is_attached and (attribution.is_behind or before in (":", ",")):
            return before in language.names_things and self._is_title(words)  # in his book “The Long Road”, he says
        may_be_title = one.words < (_LOWER_WORDS if words[0].islower() else _TITLE_WORDS)
        if may_be_title and before in language.names_things:
            return True
        is_determined = before in language.determiners and before not in language.joins
        named = tokens[at - 2].low if at > 1 else ""
        is_object = before in _OBJECTS and named in language.verbs  # the paper called her “…”
        if may_be_title and is_determined and named in language.names_things and not is_object:
            return True
        if one.words <= _TERM_WORDS and words[-1] not in _CLOSED_BY:
            following = tokens[at + 1].low if at + 1 < len(tokens) else ""
            if is_determined and self._is_plain(following):
                return True  # a “wide open back door” policy
            is_called = before in language.verbs and at > 2 and tokens[at - 3].low in ("what", "which", "so")
            if is_called and attribution is not None:
                return True  # in what it calls “a grey zone”
        return self._is_title(words)

    def _is_title(self, words: str) -> bool:
        """Whether words are written as those of a title are: most with a capital."""
        if words.isupper():
            return False
        if self._language.nouns_upper:
            return words[-1] not in _CLOSED_BY and not any(word[0].islower() for word in words.split())
        long_words = [word for word in words.split() if len(word.strip(",.:;!?")) > 3]
        upper = sum(word.lstrip("([")[:1].isupper() for word in long_words)
        return upper >= max(2, (0.8 if words[-1] in ENDS else 0.7) * len(long_words))

    def _is_plain(self, word: str) -> bool:
        """Whether a word may be the noun that a term in quotation marks describes."""
        language = self._language
        return word[:1].isalpha() and not language.is_function_word(word) and word not in language.verbs

    def _told_before(self, part: _Part, one: _Quoted, found: Quotation) -> int | None:
        """Entity of the one who says something in the sentence before, where a pronoun may stand for it."""
        if found.speaker is None or not found.speaker.is_pronoun:
            return None
        low, _ = part.sentence(one.at)
        clauses = None
        if low:
            first, _ = part.sentence(low - 1)
            clauses = Clauses(part.tokens, first, low, self._mentions, self._language)
        elif self._before is not None and not self._before.spans:
            clauses = self._last_sentence(self._before)
        told = None if clauses is None else reports.only_subject(clauses)
        return None if told is None else told.entity

    def _resolve(self, found: Quotation, told: int | None) -> Quotation:
        """The same, with the person that a pronoun stands for, where that is certain."""
        speaker = found.speaker
        if speaker is None or found.method == "continued":
            return found
        if not speaker.is_pronoun and speaker.entity is not None:
            self._pronouns.name(speaker.entity, speaker.start)
        if not speaker.is_pronoun or speaker.entity is not None:
            return found
        if self._text[speaker.start : speaker.end].lower() not in self._language.person:
            return found
        last = self._last.speaker if self._last is not None else None
        low = self._before.start if self._before is not None else 0
        if last is not None and last.start < low - _BEFORE_CHARS:
            last = None
        resolved = self._pronouns.resolve(speaker, low, last.entity if last is not None else None, told, self._quoted)
        return found._replace(speaker=resolved)

    def _sentence_before(self, part: _Part, one: _Quoted) -> Clauses | None:
        """The sentence before, of the same paragraph; None where the span does not begin its own."""
        low, _ = part.sentence(one.at)
        if low != one.at or low == 0:
            return None
        first, _ = part.sentence(low - 1)
        return Clauses(part.tokens, first, low, self._mentions, self._language)

    def _speaker_before(self, part: _Part, one: _Quoted) -> Speaker | None:
        """Who speaks in the sentence before, of the same paragraph."""
        clauses = self._sentence_before(part, one)
        return None if clauses is None else reports.last_subject(clauses, strong_only=False)

    def _last_sentence(self, before: Paragraph) -> Clauses:
        """The last sentence of the paragraph before, which holds no quotation."""
        start = max(before.start, before.end - _BEFORE_CHARS)
        tokens = read_tokens(self._text, start, before.end, (), self._language)
        ends = find_sentences(self._text, tokens, self._language)
        first = next((end for end in reversed(ends) if end < len(tokens) - 1), 0)
        return Clauses(tokens, first, len(tokens), self._mentions, self._language)

    def _paragraph_before(self, before: Paragraph) -> Speaker | None:
        """Who speaks in it."""
        return reports.last_subject(self._last_sentence(before), strong_only=True)


def _continued(span: Span, speaker: Speaker | None) -> Quotation:
    return Quotation(span, speaker, None, "continued" if speaker is not None else "none")
