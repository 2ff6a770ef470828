"""The rules that correct what a model found in a document, and the order in which they are applied."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from inspect import signature
from typing import Any

from transforms.enrich.entities.datelines import label_datelines
from transforms.enrich.entities.introduced import add_spelled_out
from transforms.enrich.entities.labels import RANK, Labelled
from transforms.enrich.entities.names_in_s import extend_names_in_s
from transforms.enrich.entities.relabel import (
    label_acronyms,
    label_cities,
    label_companies,
    label_described_places,
    label_heads,
    label_teams,
    label_titled,
)
from transforms.enrich.entities.settle import add_acronyms, add_repeats, label_last_names, label_places, vote_labels
from transforms.enrich.entities.spans import (
    cut_ends,
    cut_lower_case,
    cut_offices,
    cut_spans,
    drop_denied,
    drop_nameless,
    drop_portfolios,
    extend_heads,
    join_persons,
)
from transforms.enrich.entities.words import languages_with_words, words_of

Rule = Callable[[str, Sequence[Labelled]], list[Labelled]]
"""From a text and its mentions, sorted and not overlapping, to such mentions."""

AnyRule = Callable[..., list[Labelled]]
"""A rule, or one that takes the words of a language as well, by the name ``words``."""

RULES: tuple[AnyRule, ...] = (
    cut_spans,
    cut_lower_case,
    cut_ends,
    drop_nameless,
    drop_denied,
    drop_portfolios,
    cut_offices,
    join_persons,
    extend_heads,
    label_heads,
    label_acronyms,
    label_companies,
    label_titled,
    label_cities,
    label_described_places,
    label_teams,
    label_datelines,
    label_places,
    label_last_names,
    add_spelled_out,
    add_acronyms,
    vote_labels,
    add_repeats,
    extend_names_in_s,
)
"""The rules in use, in order. One that needs words does what the words of the language allow."""

_NEEDS_TABLE = frozenset((cut_lower_case,))
"""Rules for languages with a table of words alone: in others, names may begin in lower case."""

_WITH_WORDS = frozenset(rule for rule in RULES if "words" in signature(rule).parameters)


def bind_rules(language: str, rules: Sequence[AnyRule] = RULES) -> tuple[Rule, ...]:
    """Return rules with the words of a language (ISO 639-1)."""
    words = words_of(language)
    has_table = language in languages_with_words()
    return tuple(
        partial(rule, words=words) if rule in _WITH_WORDS else rule
        for rule in rules
        if has_table or rule not in _NEEDS_TABLE
    )


@cache
def rules_for(labels: frozenset[str], language: str) -> tuple[Rule, ...]:
    """Return the rules for a model that gives these labels.

    Where one has no GPE, countries are LOC, as all places are: it keeps its labels for them, and what a rule calls
    PERSON, GPE or FAC gets the label that the model has for it.
    """
    if "GPE" in labels:
        return bind_rules(language)
    rules = [rule for rule in RULES if rule is not label_places]
    return (*bind_rules(language, rules), partial(fit_labels, labels=labels))


def fit_labels(_text: str, mentions: Sequence[Labelled], *, labels: frozenset[str]) -> list[Labelled]:
    """Give each mention a label of the model: PER for PERSON, LOC for GPE and FAC, MISC for others it does not have."""
    fitting = {"PERSON": "PER", "GPE": "LOC", "FAC": "LOC", **{label: label for label in labels & RANK.keys()}}
    rest = "MISC" if "MISC" in labels else None
    return [m.with_label(fitting.get(m.label, rest or m.label)) for m in mentions]


def settle_mentions(text: str, mentions: Iterable[Labelled], rules: Sequence[Rule] | None = None) -> list[Labelled]:
    """Return the mentions of one document after all rules, by position; never overlapping if they did not before.

    Args:
        text: the document.
        mentions: in any order.
        rules: those of :func:`rules_for`; without, those for English.
    """
    settled = sorted(mentions)
    for rule in bind_rules("en") if rules is None else rules:
        settled = rule(text, settled)
    return settled


def rule_name(rule: Any) -> str:
    """Return the name of a rule, with or without its words."""
    return str(getattr(rule, "func", rule).__name__)
