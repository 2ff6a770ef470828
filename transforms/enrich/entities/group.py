"""Entities of a document, made of its labelled mentions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.articles import Entity, Mention
from transforms.enrich.entities.labels import PERSON_LABELS, Labelled, majority
from transforms.enrich.entities.persons import Attach
from transforms.enrich.entities.settle import acronym_after
from transforms.enrich.entities.short_forms import Form, join_short_forms
from transforms.enrich.entities.surface import fold, name_parts


class _Placed(NamedTuple):
    labelled: Labelled
    key: str


def group_mentions(text: str, mentions: Iterable[Labelled]) -> tuple[Entity, ...]:
    """Group the mentions of one document into entities, in order of first mention; every mention is in exactly one.

    Mentions are of one entity when their folded words are equal; when one is a person's last name, first name or
    shorter full name (of several, as :class:`~transforms.enrich.entities.persons.Attach` says); when one is the acronym
    in parentheses right after the other; and when one is a shorter form of the other, as
    :func:`~transforms.enrich.entities.short_forms.join_short_forms` says.

    >>> text = "Ana Torv spoke. The Marle Rail Board (MRB) heard Torv."
    >>> found = group_mentions(text, [Labelled(49, 53, "PERSON"), Labelled(0, 8, "PERSON"), Labelled(20, 36, "ORG")])
    >>> [(entity.name, entity.type, entity.count, entity.first) for entity in found]
    [('Ana Torv', 'PERSON', 2, 0), ('Marle Rail Board', 'ORG', 1, 20)]

    Args:
        text: the document.
        mentions: in any order, not overlapping; labels of KEPT_LABELS.
    """
    placed = [_Placed(m, fold(text[m.start : m.end], m.label)) for m in sorted(set(mentions))]
    persons = _person_keys(placed)
    parent = _join_acronyms(text, placed, persons)
    for short, name in join_short_forms(_forms(text, placed, persons)).items():
        if short not in parent and _root(parent, name) != short:
            parent[short] = name
    attach = Attach([(one.labelled.start, one.key) for one in placed if one.key in persons])
    groups: defaultdict[str, list[_Placed]] = defaultdict(list)
    for one in placed:
        groups[_root(parent, attach.target(one.labelled.start, one.key))].append(one)
    acronyms = frozenset(parent)
    entities = [_entity(text, members, acronyms, persons) for members in groups.values()]
    return tuple(sorted(entities, key=lambda entity: entity.first))


def _person_keys(placed: Sequence[_Placed]) -> frozenset[str]:
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for one in placed:
        labels[one.key].append(one.labelled.label)
    return frozenset(key for key, found in labels.items() if majority(found) in PERSON_LABELS)


def _forms(text: str, placed: Sequence[_Placed], persons: frozenset[str]) -> list[Form]:
    """The forms that are not persons, in order of their first mention."""
    members: defaultdict[str, list[Labelled]] = defaultdict(list)
    for one in placed:
        if one.key not in persons:
            members[one.key].append(one.labelled)
    return [
        Form(
            key=key,
            label=majority(m.label for m in found),
            words=tuple(text[found[0].start : found[0].end].split()),
            first=found[0].start,
            has_article=all(text[max(0, m.start - 4) : m.start].lower() == "the " for m in found),
        )
        for key, found in members.items()
    ]


def _join_acronyms(text: str, placed: Sequence[_Placed], persons: frozenset[str]) -> dict[str, str]:
    """Key of the acronym to key of the name it was introduced with, the first time it was."""
    at = {(one.labelled.start, one.labelled.end): one for one in placed}
    parent: dict[str, str] = {}
    for one in placed:
        acronym = at.get(acronym_after(text, one.labelled) or (-1, -1))
        if acronym is None or acronym.key == one.key or {acronym.key, one.key} & persons:
            continue
        if _root(parent, one.key) != acronym.key:
            parent.setdefault(acronym.key, one.key)
    return parent


def _root(parent: dict[str, str], key: str) -> str:
    root = key
    while root in parent:
        root = parent[root]
    while key in parent:  # so that the way is walked once
        parent[key], key = root, parent[key]
    return root


def _entity(text: str, members: Sequence[_Placed], acronyms: frozenset[str], persons: frozenset[str]) -> Entity:
    mentions = [
        Mention(text=text[one.labelled.start : one.labelled.end], start=one.labelled.start, end=one.labelled.end)
        for one in members
    ]
    best = mentions[0] if len(members) == 1 else _choose_name(mentions, members, acronyms, persons)
    return Entity(
        name=" ".join(best.text.split()),
        type=majority(one.labelled.label for one in members),
        count=len(mentions),
        first=mentions[0].start,
        mentions=tuple(mentions),
    )


def _choose_name(
    mentions: Sequence[Mention], members: Sequence[_Placed], acronyms: frozenset[str], persons: frozenset[str]
) -> Mention:
    """Return the mention whose words are the best name of an entity."""
    named = list(zip(mentions, members, strict=True))
    # The name spelled out is the better name, however often the acronym stands for it.
    spelled = [(m, one) for m, one in named if one.key not in acronyms] or named
    counts = Counter(m.text for m, _ in spelled)
    is_person = members[0].key in persons

    def worst(pair: tuple[Mention, _Placed]) -> tuple[int, int, int]:
        m, one = pair
        return (-len(name_parts(one.key)) if is_person else -counts[m.text], -len(m.text), m.start)

    best, _ = min(spelled, key=worst)
    return best
