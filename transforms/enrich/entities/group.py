"""Entities of a document, made of its labelled mentions."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence, Set

from schemas.articles import Entity, Mention
from transforms.enrich.entities.labels import PERSON_LABELS, Labelled, majority
from transforms.enrich.entities.persons import Attach
from transforms.enrich.entities.settle import acronym_after
from transforms.enrich.entities.short_forms import Form, join_short_forms
from transforms.enrich.entities.surface import fold, name_parts

_Placed = tuple[str, Labelled]
"""The key of a mention, by which it is compared, and the mention."""


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
    found = sorted(set(mentions))
    keys = [fold(text[m.start : m.end], m.label) for m in found]
    by_key: defaultdict[str, list[Labelled]] = defaultdict(list)
    for key, m in zip(keys, found, strict=True):
        by_key[key].append(m)
    labels = {key: majority([m.label for m in same]) for key, same in by_key.items()}
    persons = {key for key, label in labels.items() if label in PERSON_LABELS}
    parent = _join_acronyms(text, found, keys, persons)
    forms = [_form(text, key, labels[key], same) for key, same in by_key.items() if key not in persons]
    for short, name in join_short_forms(forms).items():
        if short not in parent and _root(parent, name) != short:
            parent[short] = name
    attach = Attach([(m.start, key) for key, m in zip(keys, found, strict=True) if key in persons])
    groups: defaultdict[str, list[_Placed]] = defaultdict(list)
    for key, m in zip(keys, found, strict=True):
        group = attach.target(m.start, key) if key in persons else _root(parent, key) if key in parent else key
        groups[group].append((key, m))
    return tuple(_entity(text, members, parent, persons) for members in groups.values())


def _form(text: str, key: str, label: str, found: Sequence[Labelled]) -> Form:
    first = found[0]
    words = tuple(text[first.start : first.end].split())
    return Form(key, label, words, first.start, _has_article(text, first) and all(_has_article(text, m) for m in found))


def _has_article(text: str, m: Labelled) -> bool:
    return text[max(0, m.start - 4) : m.start].lower() == "the "


def _join_acronyms(text: str, found: Sequence[Labelled], keys: Sequence[str], persons: Set[str]) -> dict[str, str]:
    """Key of the acronym to key of the name it was introduced with, the first time it was."""
    spans = [(key, span) for key, m in zip(keys, found, strict=True) if (span := acronym_after(text, m))]
    at = {(m.start, m.end): key for key, m in zip(keys, found, strict=True)} if spans else {}
    parent: dict[str, str] = {}
    for key, span in spans:
        acronym = at.get(span)
        if acronym is None or acronym == key or acronym in persons or key in persons:
            continue
        if _root(parent, key) != acronym:
            parent.setdefault(acronym, key)
    return parent


def _root(parent: dict[str, str], key: str) -> str:
    root = key
    while root in parent:
        root = parent[root]
    while key in parent:  # so that the way is walked once
        parent[key], key = root, parent[key]
    return root


def _entity(text: str, members: Sequence[_Placed], shorter: Container[str], persons: Container[str]) -> Entity:
    mentions = tuple([Mention(text=text[m.start : m.end], start=m.start, end=m.end) for _, m in members])
    best = mentions[0] if len(members) == 1 else _choose_name(mentions, [key for key, _ in members], shorter, persons)
    return Entity(
        name=" ".join(best.text.split()),
        type=majority([m.label for _, m in members]),
        count=len(mentions),
        first=mentions[0].start,
        mentions=mentions,
    )


def _choose_name(
    mentions: Sequence[Mention], keys: Sequence[str], shorter: Container[str], persons: Container[str]
) -> Mention:
    """Return the mention whose words are the best name of an entity."""
    if len({m.text for m in mentions}) == 1:
        return mentions[0]
    named = list(zip(mentions, keys, strict=True))
    # The name spelled out is the better name, however often the acronym stands for it.
    spelled = [(m, key) for m, key in named if key not in shorter] or named
    counts = Counter(m.text for m, _ in spelled)
    is_person = keys[0] in persons

    def worst(pair: tuple[Mention, str]) -> tuple[int, int, int]:
        m, key = pair
        return (-len(name_parts(key)) if is_person else -counts[m.text], -len(m.text), m.start)

    best, _ = min(spelled, key=worst)
    return best
