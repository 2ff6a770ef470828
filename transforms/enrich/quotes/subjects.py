"""Who is the subject of a verb of saying, by the words beside it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from schemas.articles import Entity
from transforms.enrich.entities.labels import PERSON_LABELS
from transforms.enrich.quotes.words import Language, Token

REACH = 45
"""Words and marks that may lie between a verb and its subject, with all that is put in apposition."""

NOUN_WORDS = 12
"""Most words of a noun phrase."""

_BARE_WORDS = 5  # most words of a noun phrase without an article
_APPOSITION_WORDS = 9  # most words between a noun phrase and the name that follows in apposition
_DEPTH = 2  # noun phrases within noun phrases
_ADVERB_LENGTH = 5
_POSSESSIVE = ("'s", "s'")
_BREAKS = (",", "(", "—", "–")
_ARTICLES_OF_BARE = frozenset(("several", "many", "one", "another", "both", "some", "others"))


class Named(NamedTuple):
    """One mention of an entity."""

    start: int
    end: int
    entity: int
    is_person: bool


class Speaker(NamedTuple):
    """Words that stand for who speaks."""

    start: int
    end: int
    entity: int | None
    """Number of the entity that they name; None for a pronoun and for what is not named."""
    is_pronoun: bool = False


class Mentions:
    """Mentions of the entities of an article, to be looked up by offset."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        found = [
            Named(mention.start, mention.end, number, entity.type in PERSON_LABELS)
            for number, entity in enumerate(entities)
            for mention in entity.mentions
        ]
        self.all = sorted(found)
        self._starts = [one.start for one in self.all]

    def at(self, token: Token) -> Named | None:
        """The mention that covers a word."""
        index = bisect_right(self._starts, token.start) - 1
        if index >= 0 and self.all[index].end >= token.end:
            return self.all[index]
        return None

    def between(self, start: int, end: int) -> Sequence[Named]:
        """The mentions that begin in a range, in order."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


class Clauses:
    """Subjects of verbs in one sentence: ``tokens[low:high]`` of its paragraph."""

    def __init__(self, tokens: Sequence[Token], low: int, high: int, mentions: Mentions, language: Language) -> None:
        self.tokens = tokens
        self.low = low
        self.high = high
        self.mentions = mentions
        self.language = language

    def is_verb(self, index: int) -> bool:
        """Whether a word is a verb of saying."""
        token = self.tokens[index]
        return token.low in self.language.verbs and not token.is_upper

    def is_tag(self, index: int) -> bool:
        """Whether a word reports a quotation only where it stands beside its comma."""
        token = self.tokens[index]
        return token.low in self.language.tags and not token.is_upper

    def is_gerund(self, index: int) -> bool:
        """Whether it is a form such as "adding", whose subject is that of the sentence."""
        return self.tokens[index].low.endswith(self.language.gerund)

    def is_between(self, index: int) -> bool:
        """Whether a word may stand between a quotation and the verb that reports it."""
        word = self.tokens[index].low
        return word in self.language.between and not self.is_verb(index) and word not in self.language.pronouns

    def is_name(self, index: int) -> bool:
        """Whether a word is part of a name: of a mention, or by its capital."""
        token = self.tokens[index]
        if token.span >= 0:
            return False
        return self.mentions.at(token) is not None or (token.is_upper and not self.language.is_function_word(token.low))

    def has_determiner(self, speaker: Speaker) -> bool:
        """Whether a phrase begins with an article or the like."""
        return any(
            token.start == speaker.start and token.low in self.language.determiners
            for token in self.tokens[self.low : self.high]
        )

    def before(self, verb: int, low: int) -> Speaker | None:
        """Subject of a verb that stands before it, from the word ``low`` on; None of a passive."""
        low = max(low, verb - REACH)
        at = self._skip_left(verb - 1, low)
        if at < low or any(self.tokens[n].low in self.language.passive for n in range(at + 1, verb)):
            return None
        token, language = self.tokens[at], self.language
        if token.low in language.pronouns:
            return Speaker(token.start, token.end, None, is_pronoun=True)
        if token.low in language.relative:  # the mayor, who says
            at -= 2 if at - 1 >= low and self.tokens[at - 1].low == "," else 1
            return self._phrase_left(at, low) if at >= low else None
        if token.low in _BREAKS or token.low == ")":
            return self._before_apposition(at, low)
        if self.tokens[verb].low in language.ambiguous and not self.is_name(at):
            return None
        return self._phrase_left(at, low)

    def _skip_left(self, at: int, low: int) -> int:
        language = self.language
        for _ in range(6):
            word = self.tokens[at].low if at >= low else ""
            if word in language.times and word not in language.verbs:  # Ana Torv on Monday said
                at -= 2 if at - 1 >= low and self.tokens[at - 1].low in language.prepositions else 1
                continue
            is_adverb = language.adverb and word.endswith(language.adverb) and len(word) >= _ADVERB_LENGTH
            if word in language.pronouns or not (word in language.between or is_adverb):
                break
            at -= 1
        return at

    def _phrase_left(self, at: int, low: int) -> Speaker | None:
        """The noun phrase that ends at a word."""
        tokens = self.tokens
        if not self.is_name(at):
            return self._common_phrase(at, at, low)
        first = self._name_start(at, low)
        named = self.mentions.at(tokens[at])
        if named is None or not named.is_person:
            outer = self._described(first, at, low)
            if outer is not None:
                return outer
        joint = first - 1
        while joint > low and named is not None and not named.is_person and self.is_name(joint):
            joint -= 1
        if joint > low and tokens[joint].low in self.language.determiners:
            joint -= 1
        if joint - 1 >= low and tokens[joint].low in self.language.inner:
            if self.is_name(joint - 1):  # Ana Torv of the Rail Board
                return self._phrase_left(joint - 1, low)
            outer = self._common_phrase(joint - 1, at, low)  # a spokesman for Ana Torv
            if outer is not None:
                return outer
        if named is not None:
            return Speaker(named.start, named.end, named.entity)
        return Speaker(tokens[first].start, tokens[at].end, None)

    def _described(self, first: int, at: int, low: int) -> Speaker | None:
        """The phrase around a name that only describes it: "the authors of a study in the journal Marle Review"."""
        if first - 1 < low or not self.tokens[first - 1].low[:1].islower() or self.is_name(first - 1):
            return None
        if self.language.is_function_word(self.tokens[first - 1].low):
            return None
        start = self._common_left(first - 1, low)
        if start is None or not any(self.tokens[n].low in self.language.prepositions for n in range(start, first)):
            return None
        return self._common_phrase(first - 1, at, low)

    def _common_phrase(self, at: int, last: int, low: int) -> Speaker | None:
        """The noun phrase with a common noun at a word; where it begins with the name of a person, that person."""
        first = self._common_left(at, low)
        if first is None:
            return None
        named = self.mentions.at(self.tokens[first])
        for n in range(first, last):
            if not self.is_name(n):
                break
            named = self.mentions.at(self.tokens[n]) or named
        if named is not None and named.is_person and not self.tokens[first].low.endswith(_POSSESSIVE):
            return Speaker(named.start, named.end, named.entity)
        return Speaker(self.tokens[first].start, self.tokens[last].end, None)

    def _name_start(self, at: int, low: int) -> int:
        """First word of the name that ends at a word."""
        first = at
        named = self.mentions.at(self.tokens[at])
        if named is not None:
            while first > low and self.tokens[first].start > named.start:
                first -= 1
            return first
        while first - 1 >= low and at - first < NOUN_WORDS:
            if self.is_name(first - 1):
                first -= 1
            elif first - 2 >= low and self.is_name(first - 2) and self._joins_names(first - 1):
                first -= 2
            else:
                break
        return first

    def _joins_names(self, at: int) -> bool:
        """Whether a word or mark stands within a name, and not only between two."""
        word = self.tokens[at].low
        if word == ".":
            return self.language.is_abbreviation(self.tokens[at - 1].low)
        return word in ("&", "-") or (word in self.language.particles and word not in self.language.joins)

    def _common_left(self, at: int, low: int, depth: int = 0) -> int | None:
        """First word of the noun phrase that ends at a common noun; None where there is none."""
        tokens, language = self.tokens, self.language
        first, words = at, 0
        while first >= low and words < NOUN_WORDS:
            word = tokens[first].low
            if word.endswith(_POSSESSIVE[0]) and self.is_name(first):
                return self._name_start(first, low) if words else None
            if word in language.determiners:
                if not words and word not in _ARTICLES_OF_BARE:
                    return None
                outer = self._outer(first - 1, low, depth) if depth < _DEPTH else None
                return first if outer is None else outer
            if word in language.prepositions:
                return self._common_left(first - 1, low, depth + 1) if words and depth < _DEPTH else None
            is_verb = word in language.verbs and word not in language.ambiguous
            if not word[:1].isalnum() or is_verb or language.is_function_word(word):
                break
            first -= 1
            words += 1
        is_noun = words and len(tokens[at].low) > 2 and tokens[at].low[0].isalpha()
        return first + 1 if is_noun and words <= _BARE_WORDS and language.bare_nouns else None

    def _outer(self, preposition: int, low: int, depth: int) -> int | None:
        """First word of the phrase that a preposition joins to the one behind it."""
        if preposition - 1 < low or self.tokens[preposition].low not in self.language.inner:
            return None
        outer = self._common_left(preposition - 1, low, depth + 1)
        if outer is None and self.is_name(preposition - 1):
            return self._name_start(preposition - 1, low)
        return outer

    def _before_apposition(self, comma: int, low: int) -> Speaker | None:
        """Subject before "…, mayor of Marle, said": the person before an earlier comma."""
        tokens = self.tokens
        last = self.mentions.at(tokens[comma - 1]) if comma > low else None
        if last is not None and last.is_person:  # the chief of the board, Ana Torv, said
            first = self._name_start(comma - 1, low)
            while first > low and self.is_name(first - 1):  # Captain Ana Torv
                first -= 1
            if first > low and tokens[first - 1].low == ",":
                return Speaker(last.start, last.end, last.entity)
        best: Speaker | None = None
        for at in range(comma - 1, low, -1):
            if tokens[at].span >= 0:
                break
            if tokens[at].low not in _BREAKS:
                continue
            named = self.mentions.at(tokens[at - 1])
            if named is not None and named.is_person:
                return Speaker(named.start, named.end, named.entity)
            if best is None and not self.mentions.all and self.is_name(at - 1):
                first = self._name_start(at - 1, low)
                if first < at - 1:
                    best = Speaker(tokens[first].start, tokens[at - 1].end, None)
        return best

    def before_or_first(self, verb: int, low: int) -> Speaker | None:
        """The same; where only a comma stands before the verb, what the clause begins with."""
        found = self.before(verb, low)
        if found is None:
            low = max(low, verb - REACH)
            at = self._skip_left(verb - 1, low)
            if at > low and self.tokens[at].low in _BREAKS:
                return self.first_phrase(low, at)
        return found

    def first_phrase(self, low: int, high: int) -> Speaker | None:
        """The noun phrase or pronoun with which a clause begins, behind what is put in front of it."""
        tokens, language = self.tokens, self.language
        at = low
        while at < high and (not tokens[at].low or tokens[at].low in (*_BREAKS, ":", *language.between)):
            at += 1
        if at < high and (tokens[at].low in language.prepositions or tokens[at].low in language.joins):
            at = next((n + 1 for n in range(at, high) if tokens[n].low == ","), high)
        found = self.after(at - 1, high) if at < high else None
        if found is None or found.entity is not None or language.nouns_upper:
            return found
        end = at + 1 if tokens[at].low in language.determiners else at
        if not self.is_name(end):
            return found
        while end + 1 < high and self.is_name(end + 1):  # what follows a name is the verb
            end += 1
        return found._replace(end=min(found.end, tokens[end].end))

    def after(self, verb: int, high: int | None = None) -> Speaker | None:
        """Subject of a verb, or the source behind "according to", that stands after it."""
        tokens, language = self.tokens, self.language
        high = min(self.high if high is None else high, verb + REACH)
        at = verb + 1
        while at < high and self._is_skipped(at):
            at += 1
        if at >= high:
            return None
        token = tokens[at]
        if token.low in language.pronouns and not self._is_article(at, high):
            return Speaker(token.start, token.end, None, is_pronoun=True)
        if token.low in language.prepositions and language.clauses_inside:
            at = self._behind_place(at, high)
            token = tokens[at]
        if token.low in language.prepositions or token.low in language.joins or not token.low[:1].isalnum():
            return None
        end = self._phrase_end(at, high)
        if end == at + 1 < high and token.low in language.determiners and tokens[end].low in language.determiners:
            end = self._phrase_end(end, high)  # einer der Taucher
        if language.clauses_inside and not self.mentions.all and not self.is_name(end - 1):
            end = self._name_behind(end, high)
        last = tokens[end - 1].low
        is_article = end == at + 1 and last in language.determiners and last not in _ARTICLES_OF_BARE
        if end == at or is_article or last.endswith(_POSSESSIVE):
            return None
        has_noun = not language.nouns_upper or any(token.is_upper for token in tokens[at:end])
        if not has_noun and token.low not in language.determiners:
            return None
        named = self.mentions.between(token.start, tokens[end - 1].end)
        persons = [one for one in named if one.is_person]
        if persons:
            return Speaker(persons[-1].start, persons[-1].end, persons[-1].entity)
        has_name = not language.nouns_upper and any(self.is_name(n) for n in range(at, end))
        is_described = not named or named[-1].end < tokens[end - 1].end
        if is_described and (self.mentions.all or not has_name):
            apposed = self._apposed(end, high)
            if apposed is not None:
                return apposed
        entity = None
        if named and named[-1].end >= tokens[end - 1].end and self._has_only_titles(at, named[-1]):
            entity = named[-1].entity
        return Speaker(token.start, tokens[end - 1].end, entity)

    def _name_behind(self, end: int, high: int) -> int:
        """The end of a phrase with what a preposition joins to it and a name: le metteur en scène Ola Brandt."""
        tokens, language = self.tokens, self.language
        at = end
        if at + 1 < high and tokens[at].low in language.inner:
            at += 2 if tokens[at + 1].low in language.determiners else 1
            behind = self._phrase_end(at, high)
            if behind > at + 1 and self.is_name(behind - 1) and self.is_name(behind - 2) and not self.is_name(at):
                return behind
        return end

    def _behind_place(self, at: int, high: int) -> int:
        """The subject behind "on Facebook" and the like, where one follows; else the same word."""
        tokens, language = self.tokens, self.language
        after = at + 2 if at + 1 < high and tokens[at + 1].low in language.determiners else at + 1
        after += 1
        if after < high and (self.is_name(after) or tokens[after].low in language.determiners):
            return after
        return at

    def _is_skipped(self, at: int) -> bool:
        """Whether a word stands between a verb and the subject behind it."""
        token, language = self.tokens[at], self.language
        if token.low in language.pronouns or token.low in language.determiners:
            return False
        is_adverb = language.adverb and token.low.endswith(language.adverb) and not token.is_upper
        return token.low in language.between or bool(is_adverb)

    def _is_article(self, at: int, high: int) -> bool:
        """Whether a word that may be a pronoun is an article, such as Portuguese "os"."""
        following = self.tokens[at + 1].low if at + 1 < high else ""
        language = self.language
        return (
            self.tokens[at].low in language.determiners
            and following[:1].isalpha()
            and following not in language.joins
            and following not in language.prepositions
        )

    def _phrase_end(self, at: int, high: int) -> int:
        """The word behind a noun phrase, without what prepositions join to it."""
        tokens, end = self.tokens, at
        while end < high and end - at < NOUN_WORDS:
            named = self.mentions.at(tokens[end])
            if named is not None:
                while end < high and tokens[end].start < named.end:
                    end += 1
            elif self._is_in_phrase(end, at, high):
                end += 1
            else:
                break
        return end

    def _is_in_phrase(self, at: int, first: int, high: int) -> bool:
        """Whether a noun phrase that begins at ``first`` holds a further word."""
        tokens, language = self.tokens, self.language
        token = tokens[at]
        word = token.low
        if at == first:
            return token.span < 0
        before = tokens[at - 1].low
        if before.endswith("-") and (word == "," or word in language.joins):
            return True  # German: Gesundheits-, Sozial- und Schuldirektorin
        if word == ".":
            return language.is_abbreviation(before)
        if word in ("-", "&", "/", "’", "'"):
            return True
        if token.span >= 0 or not word[:1].isalnum() or word in language.joins or word in language.pronouns:
            return False
        if word in language.prepositions or word in language.determiners:
            return word in language.particles and at + 1 < high and self._joins(at - 1) and self._joins(at + 1)
        if word in language.times:
            return False
        if token.is_upper:
            return True
        is_verb = word in language.verbs and word not in language.ambiguous
        return not (is_verb or word in language.relative or word in language.between)

    def _joins(self, at: int) -> bool:
        """Whether a word is part of a name, or one of two particles within: van der."""
        is_particle = not self.language.nouns_upper and self.tokens[at].low in self.language.particles
        return is_particle or self.is_name(at)

    def _apposed(self, at: int, high: int) -> Speaker | None:
        """The name that is put in apposition to a noun phrase, and to what is joined to it."""
        tokens = self.tokens
        comma = at
        while comma < min(high, at + _APPOSITION_WORDS) and tokens[comma].low != ",":
            if not tokens[comma].low[:1].isalnum() or self.is_verb(comma) or self.is_name(comma):
                return None
            comma += 1
        if comma >= min(high, at + _APPOSITION_WORDS):
            return None
        if self.mentions.all:
            last = tokens[min(comma + _APPOSITION_WORDS, high - 1)]
            ahead = next(iter(self.mentions.between(tokens[comma].end, last.end)), None)
            if ahead is None or not ahead.is_person or not self._describes(comma + 1, ahead.start):
                return None
            return Speaker(ahead.start, ahead.end, ahead.entity)
        end = comma + 1
        while end < high and self.is_name(end):
            end += 1
        if self.language.nouns_upper or end < comma + 3:
            return None
        return Speaker(tokens[comma + 1].start, tokens[end - 1].end, None)

    def _describes(self, at: int, end: int) -> bool:
        """Whether the words from one on to an offset only describe the name there: "former pilot Ola Brandt"."""
        tokens, language = self.tokens, self.language
        while at < self.high and tokens[at].start < end:
            word = tokens[at].low
            is_apart = language.is_function_word(word) and word not in language.determiners
            if is_apart or self.is_verb(at) or (word.endswith(language.gerund) and not tokens[at].is_upper):
                return False
            at += 1
        return True

    def _has_only_titles(self, at: int, named: Named) -> bool:
        """Whether nothing but an article stands before a name in its phrase."""
        first = self.tokens[at]
        return first.start >= named.start or (
            first.low in self.language.determiners and self.tokens[at + 1].start >= named.start
        )
