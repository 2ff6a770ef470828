"""Which person a pronoun stands for, where that is certain."""

import functools
import re
from collections.abc import Sequence

from schemas.articles import Entity
from transforms.enrich.entities.labels import PERSON_LABELS
from transforms.enrich.quotes.subjects import Mentions, Speaker
from transforms.package_data import load_toml

REACH = 700
"""Code points before a pronoun in which its person must be named."""


@functools.cache
def load_given_names() -> dict[str, str]:
    """Return the English pronoun for each given name that is of men or of women alone; read once per process."""
    return _read("names")


@functools.cache
def _load_titles() -> dict[str, str]:
    """The same for words before a name, such as "Mr" and "daughter"."""
    return _read("titles")


def _read(part: str) -> dict[str, str]:
    return {word: pronoun for pronoun, words in _tables()[part].items() for word in words.split()}


@functools.cache
def _tables() -> dict[str, dict[str, str]]:
    return load_toml(__package__, "given_names.toml")


FORGOTTEN = 2500
"""Code points behind which the last person of a pronoun does not count any more."""


class Pronouns:
    """Persons that pronouns of one text stand for.

    Looked at are the persons who are named before the pronoun in its own paragraph and in the one before, outside of
    quotations. The pronoun stands for the only one of them; or for the one who says something in the sentence before
    the quotation; or for the person quoted last, where nobody else is named since; or for the one with whom a sentence
    begins, where nobody else is named since but in that sentence. A person is "he" or "she" throughout a text.
    """

    def __init__(self, text: str, entities: Sequence[Entity], mentions: Mentions) -> None:
        self._text = text
        self._recent: dict[str, tuple[int, int]] = {}  # who was known to be "he" or "she" last, and where
        self._mentions = mentions
        self._entities = entities
        self._gender: dict[int, str | None] = {}  # the English pronoun of each person who was looked at

    def _gender_of(self, number: int) -> str | None:
        """The English pronoun of a person, where it is known."""
        if number not in self._gender:
            entity = self._entities[number]
            gender = None
            if entity.type in PERSON_LABELS:
                given = entity.name.partition(" ")[0].lower()
                gender = _gender_said(self._text, entity) or load_given_names().get(given)
            self._gender[number] = gender
        return self._gender[number]

    def name(self, entity: int, at: int) -> None:
        """Note that a person is quoted at an offset."""
        gender = self._gender_of(entity)
        if gender is not None:
            self._recent[gender] = (entity, at)

    def resolve(
        self, pronoun: Speaker, low: int, last: int | None, told: int | None, quoted: Sequence[tuple[int, int]]
    ) -> Speaker:
        """Return the speaker with the entity that the pronoun stands for, or as it is.

        Args:
            pronoun: a pronoun for one person.
            low: beginning of the paragraph before that of the pronoun.
            last: entity of the speaker quoted last, if it is a person.
            told: entity of the one who says something in the sentence before the quotation, if it is a person.
            quoted: ranges in quotation marks, in order; who is named there does not count.
        """
        written = self._text[pronoun.start : pronoun.end].lower()
        word = _ENGLISH.get(written, written)
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
            if self._gender_of(one.entity) not in (word, None) or _VERSUS.search(
                self._text, max(0, one.start - 5), one.start
            ):
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
        elif told in near and self._gender_of(told) in (word, None):
            chosen = told
        elif last is not None and self._gender_of(last) in (word, None) and (not near or near[0] == last):
            chosen = last
        elif subject is not None:
            chosen = subject
        if chosen is None:
            return pronoun
        other, seen_at = self._recent.get(word, (chosen, 0))
        is_known = self._gender_of(chosen) == word
        if (
            other != chosen
            and chosen not in (last, subject, told)
            and not is_known
            and pronoun.start - seen_at < FORGOTTEN
        ):
            return pronoun  # somebody else is "she" here
        self._gender[chosen] = word
        self._recent[word] = (chosen, pronoun.start)
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
                return before[-1] == "." or _DESCRIBED.search(before) is not None
            before = before[: title.start()]

    def _has_sentence_end(self, start: int, end: int) -> bool:
        """Whether a sentence ends in a range."""
        return _END.search(self._text, start, end) is not None


_TITLE = re.compile(r"\b(?:[A-Z][a-z]{0,4}\.|Mr|Mrs|Ms|Dr|President|Senator|Judge|Minister|Mayor|Governor)$")
_DESCRIBED = re.compile(
    r"(?:^|[\n.!?”\"] ?)(?:(?:The |Former |Ex-)?(?:[A-Z][\w’'-]{1,20} ){0,3})"
    r"(?:(?:vice|deputy|chief|head|assistant|general|managing|former|prime|team|police|union|party) ){0,2}"
    r"(?:\w{2,12}(?:woman|man|person|or|er|ist|ian|ant|ent)|coach|chief|executive|captain|official|analyst|secretary|"
    r"pilot|guard|forward|striker|goalie|host|boss|expert|head|judge|counsel|chair|aide|mother|father|wife|husband|"
    r"son|daughter|sister|brother|widow|star|critic|midwife|nurse)$"
)
"""A noun before a name, with which a sentence begins: Lakeside coach Bill Rennert."""

_VERSUS = re.compile(r"\bvs?\.? $")  # before the second party of a case
_END = re.compile(r"[a-z\d)][.!?][”\"’»]?\s|\n")
_ENGLISH = {
    **dict.fromkeys(("er", "il", "él", "lui", "egli", "ele", "hij"), "he"),
    **dict.fromkeys(("sie", "elle", "ella", "lei", "ela", "zij", "ze"), "she"),
}
_WORD = re.compile(r"[A-Za-z]{2,14}")


def _gender_said(text: str, entity: Entity) -> str | None:
    """The English pronoun of a person of whom a title or another word right before the name says it."""
    titles = _load_titles()
    for mention in entity.mentions[:8]:
        before = text[max(0, mention.start - 40) : mention.start]
        before = before[max(before.rfind(mark) for mark in ".!?\n;(") + 1 :] if len(before) > 6 else before
        words = _WORD.findall(text[max(0, mention.start - 6) : mention.start])[-1:] + _WORD.findall(before)[-3:]
        for word in (*words, mention.text.partition(" ")[0].rstrip(".")):
            if word.lower() in titles:
                return titles[word.lower()]
    return None
