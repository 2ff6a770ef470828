"""Stories and relations of texts, by cases."""

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.stories import Relation
from transforms.enrich.stories.index import MAX_OF_SITE
from transforms.enrich.stories.relate import MAX_RELATIONS, Copy, Related, Stories, Text, story_of
from transforms.enrich.stories.sketch import read_sketch, sketch
from transforms.identity import digest, text_hash

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def prose(topic: str, start: int = 0, stop: int = 240) -> str:
    """Words that no other topic has."""
    return " ".join(f"{topic}{n}" for n in range(start, stop))


def name_of(name: str) -> str:
    return digest("article", name)


def text(name: str, words: str, **more: Any) -> Text:
    given: dict[str, Any] = {"version": 1, "date": NOON, "site": f"{name}.example", "origin": None} | more
    return Text(
        article_id=name_of(name), version_id=digest(name, str(given["version"])), text_hash=text_hash(None, words),
        hashes=read_sketch(sketch(words)), **given,
    )  # fmt: skip


def relate(*commits: Sequence[Text]) -> Related:
    """What the last of some commits adds."""
    stories = Stories()
    return [stories.relate(commit) for commit in commits][-1]


def kinds(related: Related) -> list[str]:
    return [relation.kind for relation in related.relations]


CASES = {
    "other words": (text("a", prose("h")), text("b", prose("f")), None),
    "the same text": (text("a", prose("h")), text("b", prose("h")), "exact_copy"),
    "a third in common": (text("a", prose("h")), text("b", prose("h", 0, 80) + prose("f", 80)), None),
    "some words changed": (text("a", prose("h")), text("b", prose("h", 0, 110) + " x " + prose("h", 111)), "near_copy"),
    "cut": (text("a", prose("h")), text("b", prose("h", 0, 100)), "near_copy"),
    "grown": (text("a", prose("h", 0, 100)), text("b", prose("h")), "update"),
    "grown on the same site": (
        text("a", prose("h", 0, 100), site="x.example"),
        text("b", prose("h"), site="x.example", origin="Reuters"),
        "update",
    ),
    "grown, but published before": (
        text("a", prose("h", 0, 100)), text("b", prose("h"), date=NOON - timedelta(hours=1)), "near_copy",
    ),
    "grown, without date": (text("a", prose("h", 0, 100)), text("b", prose("h"), date=None), "update"),
    "names its agency": (text("a", prose("h")), text("b", prose("h", 20), origin="Reuters"), "syndicated"),
    "the first names it": (text("a", prose("h"), origin="Reuters"), text("b", prose("h", 20)), "syndicated"),
    "an agency twice on one site": (
        text("a", prose("h"), site="x.example"), text("b", prose("h", 20), site="x.example", origin="AP"), "near_copy",
    ),
    "no site is known": (text("a", prose("h"), site=None), text("b", prose("h", 20), site=None), "near_copy"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_kinds(name: str) -> None:
    first, second, kind = CASES[name]
    related = relate([first], [second])
    assert kinds(related) == [kind] * (kind is not None)
    (part,) = related.parts
    assert part.story_id == story_of(first.article_id if kind else second.article_id)
    assert part.is_first == (kind is None)


def test_a_relation_describes_both() -> None:
    first = text("a", prose("h"), origin="Reuters", version=3)
    second = text("b", prose("h", 120), date=NOON + timedelta(hours=2))
    (relation,) = relate([first], [second]).relations
    assert relation == Relation(
        article_id=name_of("b"), version=1, version_id=second.version_id, other_article_id=name_of("a"),
        other_version=3, other_version_id=first.version_id, kind="syndicated", score=1.0, share=1.0,
        other_share=relation.other_share, origin=None, other_origin="Reuters", lag_s=7200,
        story_id=story_of(name_of("a")),
    )  # fmt: skip
    assert relation.other_share == pytest.approx(0.5, abs=0.1)


def test_within_a_commit_the_one_published_first_is_the_first() -> None:
    early, late, undated = (
        text(name, prose("h", n), date=date)
        for n, (name, date) in enumerate({"late": NOON - timedelta(1), "b": NOON, "a": None}.items())
    )
    expected = relate([early, late, undated])
    assert [part.article_id for part in expected.parts if part.is_first] == [name_of("late")]
    assert {relation.article_id for relation in expected.relations} == {name_of("b"), name_of("a")}
    for order in itertools.permutations([early, late, undated]):
        assert relate(order) == expected


def test_over_commits_the_one_committed_first_is_the_first() -> None:
    related = relate([text("a", prose("h"))], [text("b", prose("h", 9), date=NOON - timedelta(1))])
    assert [(part.is_first, part.story_id) for part in related.parts] == [(False, story_of(name_of("a")))]
    assert [relation.lag_s for relation in related.relations] == [-86400]


def test_a_story_keeps_its_id_when_others_join() -> None:
    stories = Stories()
    found = [stories.relate([text(f"a{n}", prose("h", 5 * n, 240 + 5 * n))]) for n in range(12)]
    assert {part.story_id for related in found for part in related.parts} == {story_of(name_of("a0"))}
    assert [part.is_first for related in found for part in related.parts] == [True, *[False] * 11]
    assert [len(related.relations) for related in found] == [0, *[1] * 11]


def test_what_matches_two_stories_joins_the_better_and_is_related_to_both() -> None:
    before = [text("a", prose("h")), text("b", prose("f"))]
    related = relate(before, [text("c", f"{prose('h', 100)} {prose('f', 20)}")])
    assert [relation.other_article_id for relation in related.relations] == [name_of("b"), name_of("a")]
    assert related.parts[0].story_id == story_of(name_of("b"))
    even = relate(before, [text("c", f"{prose('f')} {prose('h')}")])
    assert [relation.score for relation in even.relations] == [1.0, 1.0]
    first = min(map(name_of, "ab"))
    assert even.parts[0].story_id == story_of(first)


def test_relations_are_bounded() -> None:
    many = [text(f"a{n}", prose(f"t{n}")) for n in range(2 * MAX_RELATIONS)]
    related = relate(many, [text("all", " ".join(prose(f"t{n}") for n in range(2 * MAX_RELATIONS)))])
    assert len(related.relations) == MAX_RELATIONS


def test_another_version_stays_in_its_story_and_has_relations_of_its_own() -> None:
    first, copy = text("a", prose("h")), text("b", prose("h", 20))
    again = text("b", prose("h", 20), version=2)
    assert [one.version for one in relate([first], [copy], [again]).relations] == [2]
    rewritten = relate([first], [copy], [text("b", prose("f"), version=2)])
    assert [(part.story_id, part.is_first) for part in rewritten.parts] == [(story_of(name_of("a")), False)]
    assert rewritten.relations == []
    # What was first stays first: its next version is not related to the article that copied it.
    assert relate([first], [copy], [text("a", prose("h", 0, 239), version=2)]).relations == []
    newest = relate([first], [text("a", prose("h"), version=2)], [copy]).relations
    assert [one.other_version for one in newest] == [2]


def test_reprocessing_makes_nothing_boilerplate() -> None:
    versions = [[text("a", prose("h"), version=n + 1, site="x.example")] for n in range(2 * MAX_OF_SITE)]
    assert kinds(relate(*versions, [text("b", prose("h", 5), site="x.example")])) == ["near_copy"]


def test_what_a_site_repeats_is_boilerplate() -> None:
    foot = prose("foot", 0, 150)
    pages = [[text(f"a{n}", f"{prose(f't{n}-', 0, 40)} {foot}", site="x.example")] for n in range(MAX_OF_SITE + 3)]
    assert kinds(relate(*pages)) == []
    assert kinds(relate(*pages[:2])) == ["near_copy"]
    real = text("real", f"{prose('t0-', 0, 40)} {foot}", site="x.example")
    (relation,) = relate(*pages, [real]).relations
    assert (relation.other_article_id, relation.kind) == (name_of("a0"), "exact_copy")


def test_copies_of_a_wire_report_stay_one_story_however_many_there_are() -> None:
    stories = Stories()
    for n in range(150):
        related = stories.relate([text(f"a{n}", f"{prose(f'own{n}-', 0, 9)} {prose('h')}", origin="AP")])
    assert kinds(related) == ["syndicated"]
    assert related.parts[0].story_id == story_of(name_of("a0"))


def test_exact_copies_that_were_left_out() -> None:
    stories = Stories()
    stories.relate([text("a", prose("h"), origin="AP")])
    a, b, c, gone = map(name_of, ("a", "b", "c", "gone"))
    given = [Copy(c, b), Copy(b, a), Copy(a, a), Copy(c, b), Copy(name_of("d"), gone)]
    found = stories.relate([], given)
    assert found.parts == []
    described = {(one.article_id, one.other_article_id): one for one in found.relations}
    assert set(described) == {(b, a), (c, a), (name_of("d"), gone)}
    one = described[b, a]
    assert (one.kind, one.score, one.version, one.other_version, one.other_origin) == ("exact_copy", 1.0, None, 1, "AP")
    assert one.story_id == story_of(a)
    assert described[name_of("d"), gone].story_id is None
    assert stories.relate([], given).relations == []


def test_what_is_loaded_decides_as_what_was_decided() -> None:
    chance = random.Random(5)
    commits = []
    for n in range(12):
        members = []
        for k in range(4):
            topic, start = chance.choice("hfm"), chance.randrange(300)
            members.append(text(f"{n}-{k}", prose(topic, start, start + 240), site=chance.choice(["x", "y", None])))
        commits.append(members)
    one, two = Stories(), Stories()
    for members in commits[:-1]:
        parts = {part.article_id: part.story_id for part in one.relate(members).parts}
        ordered = sorted(members, key=lambda member: (member.date or NOON, member.article_id))
        two.load(ordered, [parts[member.article_id] for member in ordered])
    assert two.nbytes == one.nbytes
    expected = one.relate(commits[-1])
    assert expected.relations
    assert two.relate(commits[-1]) == expected
