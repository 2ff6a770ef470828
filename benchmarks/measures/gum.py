"""Names and their coreference in the news texts of GUM (CoNLL-U).

GUM marks every noun phrase, so names are derived: mentions of a person, organisation or place whose head is a proper
noun, cut to the proper nouns of the minimal span. Offices and courtesies are cut off persons, words for a people are
left out, so is what two names share ("Ana and Ole Torv"), and of names within names the outer one stays. The name of an
organisation or a place grows over the proper nouns beside it within its mention, since the minimal span is often but
one of them ("New" of "New People's Party"). What says of a person where he or she stands ("Republican") is
not a name of the person.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from transforms.enrich.entities.places import place_labels

KINDS = {"person": "PER", "organization": "ORG", "place": "LOC"}
INSIDE_NAMES = frozenset(("of", "the", "and", "for", "&", "-", "in", "de", "la", "del", "'s", "on"))
INSIDE_PERSONS = frozenset(("de", "la", "del", "-", "'s"))
OFFICES = frozenset(
    "president mr mrs ms miss dr prime minister senator sir dame lord lady professor prof chancellor king queen "
    "secretary governor rep sen mp mps leader officer director ceo general judge mayor ambassador sheriff "
    "administrator".split()
)
PARTY_MEMBERS = frozenset(("Republican", "Democrat"))
_MARK = re.compile(r"\([^()]+\)?|[^()]+\)")


class Name(NamedTuple):
    """One name: half-open offsets, PER, ORG or LOC, and what it names within its text."""

    start: int
    end: int
    kind: str
    cluster: str


class _Token(NamedTuple):
    start: int
    end: int
    form: str
    tag: str
    head: int
    """Position among the tokens of the text; -1 for the root of a sentence."""


class _Mention(NamedTuple):
    cluster: str
    kind: str
    minimal: str
    first: int
    last: int


def read_gum(path: Path) -> tuple[str, tuple[Name, ...]]:
    """The text of one file and its names, in order, not overlapping."""
    text, space = "", ""
    tokens: list[_Token] = []
    still_open: list[tuple[_Mention, str]] = []
    mentions: list[tuple[_Mention, str]] = []
    joined_until, joined_space, sentence = -1, " ", 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# newpar") and not line.startswith("# newpar_") and text:
            space = "\n"
        if not line:
            sentence = len(tokens)
        if not line or line.startswith("#"):
            continue
        column = line.split("\t")
        after = "" if "SpaceAfter=No" in column[9] else " "
        if "-" in column[0]:
            joined_until, joined_space = int(column[0].split("-")[1]), after
            continue
        if "." in column[0]:
            continue
        text += space
        head = sentence + int(column[6]) - 1 if column[6] != "0" else -1
        tokens.append(_Token(len(text), len(text) + len(column[1]), column[1], column[4], head))
        text += column[1]
        number = int(column[0])
        space = "" if number < joined_until else joined_space if number == joined_until else after
        joined_until = -1 if number == joined_until else joined_until
        for part in _MARK.findall("".join(re.findall(r"Entity=([^|]*)", column[9]))):
            if part.startswith("("):
                cluster, kind, _, _, _, minimal, _, *identity = part.strip("()").split("-", 7)
                one = _Mention(cluster, kind, minimal, len(tokens) - 1, -1)
                still_open.append((one, identity[0] if identity else ""))
            if part.endswith(")"):
                cluster = part.strip("()").split("-")[0]
                at = max(n for n, (mention, _) in enumerate(still_open) if mention.cluster == cluster)
                mention, known = still_open.pop(at)
                mentions.append((mention._replace(last=len(tokens) - 1), known))
    return text, tuple(_names(tokens, [m for m, _ in mentions], _same(mentions)))


def _same(mentions: Sequence[tuple[_Mention, str]]) -> Mapping[str, str]:
    """One cluster for those with the same page of Wikipedia: the first one."""
    first: dict[str, str] = {}
    same: dict[str, str] = {}
    for mention, page in mentions:
        if page:
            same.setdefault(mention.cluster, first.setdefault(page, mention.cluster))
    return same


def _names(tokens: Sequence[_Token], mentions: Sequence[_Mention], same: Mapping[str, str]) -> list[Name]:
    names: dict[tuple[int, int], Name] = {}
    for mention in mentions:
        run = _run(tokens, mention, mentions) if mention.kind in KINDS else []
        if run:
            start, end = tokens[run[0]].start, tokens[run[-1]].end
            cluster = same.get(mention.cluster, mention.cluster)
            names.setdefault((start, end), Name(start, end, KINDS[mention.kind], cluster))
    kept: list[Name] = []
    for name in sorted(names.values(), key=lambda n: (n.start - n.end, n.start)):
        if not any(name.start < other.end and other.start < name.end for other in kept):
            kept.append(name)
    return sorted(kept)


def _run(tokens: Sequence[_Token], mention: _Mention, mentions: Sequence[_Mention]) -> list[int]:
    """Tokens of the name in a mention; none where it has none."""
    if not re.fullmatch(r"[\d,]+", mention.minimal):
        return []
    at = [mention.first + int(n) - 1 for n in mention.minimal.split(",")]
    at = [n for n in at if mention.first <= n <= mention.last and tokens[n].tag.startswith("NNP")]
    is_person = mention.kind == "person"
    has_common_head = _has_common_head(tokens, mention, at)
    if not at or (has_common_head and not is_person) or _is_pair(tokens, mention, mentions, at):
        return []
    if tokens[at[-1]].tag == "NNPS" and (is_person or place_labels().get(tokens[at[-1]].form) == "NORP"):
        return []
    runs = [at[:1]]
    for n in at[1:]:
        gap = [tokens[m].form.lower() for m in range(runs[-1][-1] + 1, n)]
        if len(gap) <= 2 and (INSIDE_PERSONS if is_person else INSIDE_NAMES).issuperset(gap):
            runs[-1].append(n)
        else:
            runs.append([n])
    run = max(runs, key=lambda r: (len(r), -r[0]))
    if not is_person:
        run = _grown(tokens, mention, run)
    elif len(run) == 1 and tokens[run[0]].form in PARTY_MEMBERS:
        return []
    if has_common_head:  # "team member Ana Torv": the name is what comes last
        run = runs[-1]
        if len(run) < 2 or run[-1] != mention.first + int(mention.minimal.split(",")[-1]) - 1:
            return []
    if is_person:
        offices = [n for n, at in enumerate(run) if tokens[at].form.lower().rstrip(".") in OFFICES]
        run = run[offices[-1] + 1 :] if offices else run
        after = [token.form.lower() for token in tokens[run[-1] + 1 : run[-1] + 3]] if run else []
        if run and (not tokens[run[0]].form[0].isupper() or after == ["of", "the"]):
            return []  # "Man of the Match" is not a name
    return run


def _grown(tokens: Sequence[_Token], mention: _Mention, run: Sequence[int]) -> list[int]:
    """The tokens of a name with the proper nouns that stand beside them within the mention."""
    first, last = run[0], run[-1]
    while first > mention.first and _is_proper(tokens, first - 1):
        first -= 1
    while last < mention.last and _is_proper(tokens, last + 1, last < mention.last - 1):
        last += 1
    while tokens[last].tag == "POS":
        last -= 1
    return [*range(first, run[0]), *run, *range(run[-1] + 1, last + 1)]


def _is_proper(tokens: Sequence[_Token], at: int, before_more: bool = False) -> bool:
    return tokens[at].tag.startswith("NNP") or (before_more and tokens[at].tag == "POS" and _is_proper(tokens, at + 1))


def _has_common_head(tokens: Sequence[_Token], mention: _Mention, at: Sequence[int]) -> bool:
    """Return whether the head of the noun phrase is none of its proper nouns: "the Marle award"."""
    within = range(mention.first, mention.last + 1)
    heads = [n for n in within if tokens[n].head not in within and tokens[n].tag[:2] in ("NN", "CD", "JJ", "FW")]
    return bool(heads) and not set(heads) & set(at)


def _is_pair(tokens: Sequence[_Token], one: _Mention, mentions: Sequence[_Mention], at: Sequence[int]) -> bool:
    """Return whether a mention is two or more joined by "and", each of which is a mention of its own."""
    parts = [
        m
        for m in mentions
        if m.kind == one.kind
        and one.first <= m.first
        and m.last <= one.last
        and (m.first, m.last) != (one.first, one.last)
        and any(m.first <= n <= m.last for n in at)
    ]
    return any(
        a.last < b.first and "and" in {tokens[n].form.lower() for n in range(a.last + 1, b.first)}
        for a in parts
        for b in parts
    )
