"""Which person a pronoun stands for, where that is certain."""

import re
from collections.abc import Sequence

from schemas.articles import Entity
from transforms.enrich.quotes.subjects import Mentions, Speaker

REACH = 700
"""Code points before a pronoun in which its person must be named."""


class Pronouns:
    """Persons that pronouns of one text stand for.

    Looked at are the persons who are named before the pronoun in its own paragraph and in the one before, outside of
    quotations. The pronoun stands for the only one of them; or for the person quoted last, where nobody else is named
    since; or for the one with whom a sentence begins, where nobody else is named since but in that sentence. A person
    is "he" or "she" throughout a text.
    """

    def __init__(self, text: str, entities: Sequence[Entity], mentions: Mentions) -> None:
        self._text = text
        self._mentions = mentions
        self._gender: dict[int, str] = {}
        for number, entity in enumerate(entities):
            gender = _title_gender(text, entity)
            if gender:
                self._gender[number] = gender

    def resolve(self, pronoun: Speaker, low: int, last: int | None, quoted: Sequence[tuple[int, int]]) -> Speaker:
        """Return the speaker with the entity that the pronoun stands for, or as it is.

        Args:
            pronoun: a pronoun for one person.
            low: beginning of the paragraph before that of the pronoun.
            last: entity of the speaker quoted last, if it is a person.
            quoted: ranges in quotation marks, in order; who is named there does not count.
        """
        word = self._text[pronoun.start : pronoun.end].lower()
        low = max(low, pronoun.start - REACH)
        near: list[int] = []
        subject: int | None = None
        earliest = pronoun.start  # of the persons that are looked at
        can_be_subject = True
        at = len(quoted) - 1
        for one in reversed(self._mentions.between(low, pronoun.start)):
            if not one.is_person:
                continue
            while at >= 0 and quoted[at][0] > one.start:
                at -= 1
            if at >= 0 and quoted[at][0] <= one.start < quoted[at][1]:
                continue
            if self._gender.get(one.entity, word) != word:
                continue
            if one.entity not in near:
                near.append(one.entity)
            if subject is None and can_be_subject:
                if self._has_sentence_end(one.end, earliest) and earliest < pronoun.start:
                    can_be_subject = False
                elif self._begins_sentence(low, one.start):
                    subject = one.entity
            earliest = one.start
        chosen: int | None = None
        if len(near) == 1:
            chosen = near[0]
        elif last is not None and self._gender.get(last, word) == word and (not near or near[0] == last):
            chosen = last
        elif subject is not None:
            chosen = subject
        if chosen is None:
            return pronoun
        self._gender[chosen] = word
        return pronoun._replace(entity=chosen)

    def _begins_sentence(self, low: int, start: int) -> bool:
        """Whether nothing but titles stands between the end of a sentence and an offset."""
        before = self._text[max(low, start - 60) : start]
        while True:
            before = before.rstrip(" \t\xa0")
            if not before or before[-1] in '\n!?”"»':
                return True
            title = _TITLE.search(before)
            if title is None:
                return before[-1] == "."
            before = before[: title.start()]

    def _has_sentence_end(self, start: int, end: int) -> bool:
        """Whether a sentence ends in a range."""
        return _END.search(self._text, start, end) is not None


_TITLE = re.compile(r"\b(?:[A-Z][a-z]{0,4}\.|Mr|Mrs|Ms|Dr|President|Senator|Judge|Minister|Mayor|Governor)$")
_END = re.compile(r"[a-z\d)][.!?][”\"’»]?\s|\n")
_TITLES = {"mr": 0, "mrs": 1, "ms": 1, "miss": 1, "sir": 0, "lord": 0, "lady": 1, "dame": 1, "king": 0, "queen": 1}
_HE_SHE = ("he", "she")


def _title_gender(text: str, entity: Entity) -> str | None:
    """The English pronoun of a person whose title says it."""
    for mention in entity.mentions[:8]:
        word = text[max(0, mention.start - 6) : mention.start].rstrip(". ").rpartition(" ")[2].lower()
        first = mention.text.partition(" ")[0].rstrip(".").lower()
        for title in (word, first):
            if title in _TITLES:
                return _HE_SHE[_TITLES[title]]
    return None
