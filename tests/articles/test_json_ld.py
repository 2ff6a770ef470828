"""JSON-LD as it is found: of several articles, broken, deep, and by the megabyte."""

import json
import time
from typing import Any

import pytest
from lxml.html import HtmlElement

from transforms.articles.facts import MAX_TEXT, Facts, NamedAuthor, OneName
from transforms.articles.json_ld.choose import PageIdentity
from transforms.articles.json_ld.read import read_json_ld
from transforms.articles.names import clean_authors
from transforms.articles.pages import parse_text

URL = "https://post.example/pier-opens"
TITLE = "The eastern pier opens again"
PAGE = PageIdentity((URL,), (TITLE,))
OWN = {
    "@type": "NewsArticle", "headline": TITLE, "url": URL, "datePublished": "2024-05-03T10:00:00Z", "author": "Ann Lee",
}  # fmt: skip
OTHER = {
    "@type": "NewsArticle", "headline": "A storm of last year", "url": "https://post.example/storm",
    "datePublished": "2023-01-01T00:00:00Z", "author": "Zed Other", "isAccessibleForFree": False,
}  # fmt: skip


def tree(*blocks: str) -> HtmlElement:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return parse_text(f"<html><head>{scripts}</head><body><h1>{TITLE}</h1></body></html>")


def read(*blocks: Any, page: PageIdentity = PAGE) -> Facts:
    blocks = tuple(block if isinstance(block, str) else json.dumps(block) for block in blocks)
    return read_json_ld(tree(*blocks).iter("script"), page)


def is_own(facts: Facts) -> bool:
    names = [author.name for author in facts.authors]
    return (facts.headline, facts.published, names) == (TITLE, ["2024-05-03T10:00:00Z"], ["Ann Lee"])


def without(node: dict[str, Any], *names: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in {**node, **more}.items() if name not in names}


@pytest.mark.parametrize(
    "own",
    [
        OWN,
        without(OWN, "url", **{"@id": f"{URL}#article"}),
        without(OWN, "url", mainEntityOfPage={"@type": "WebPage", "@id": URL + "/"}),
        without(OWN, url="http://www.post.example/pier-opens/amp/"),
        without(OWN, "url"),
        without(OWN, url="https://syndicate.example/8871"),
        without(OWN, **{"@type": "Article"}),
        without(OWN, **{"@type": "BlogPosting"}),
    ],
)
def test_of_several_articles_the_own_one_is_taken(own: dict[str, Any]) -> None:
    for blocks in ([[OTHER, own]], [[own, OTHER]], [OTHER, own], [{"@graph": [OTHER, own]}]):
        facts = read(*blocks)
        assert is_own(facts)
        assert facts.free is None


def test_a_headline_of_its_own_is_no_reason_to_doubt_the_address() -> None:
    assert read(OTHER, without(OWN, headline="Pier: what you need to know")).published == ["2024-05-03T10:00:00Z"]


def test_an_article_of_another_page_says_nothing() -> None:
    facts = read(OTHER)
    assert (facts.headline, facts.authors, facts.published, facts.canonical) == (None, [], [], [])


def test_without_anything_to_compare_the_only_article_counts() -> None:
    for page in (PageIdentity(), PageIdentity((), (TITLE,)), PageIdentity((URL,), ())):
        assert read(OTHER, page=page).authors == [NamedAuthor("Zed Other")]


NODE = json.dumps(OWN)


@pytest.mark.parametrize(
    "block",
    [
        f'{{"@type": "Organization", "name": "Post"}}{NODE}',
        f'{{"@type": "Organization", "name": "Post"}},\n{NODE},',
        f'[{{"@type": "Organization"}}]\n[{NODE}]',
        f"{NODE[:-1]},}}",
        f"[{NODE},,]",
        f"// made by a plugin\n{NODE}",
        f"/* made by {{a}} plugin */ {NODE} /* end */",
        f"<!-- {NODE} -->",
        f"//<![CDATA[\n{NODE}\n//]]>",
        f"{NODE};",
        NODE.replace('"url"', '"note": "it\\\'s // not, a comment ,]", "url"'),
        f'{{"@type": "Organization", "name": "broken" oops}} {NODE}',
        '{"@type": "NewsArticle", "text": "he said "no" twice", "headline": "' + TITLE + '", "datePublished": '
        '"2024-05-03T10:00:00Z", "author": {"name": "Ann Lee"}}',
    ],
)  # fmt: skip
def test_what_is_nearly_json_is_read(block: str) -> None:
    assert is_own(read(block))


@pytest.mark.parametrize(
    ("tag", "is_read"),
    [
        ('<script type="application/json+ld">', True),
        ('<script type=" Application/LD+JSON; charset=utf-8 ">', True),
        ("<script>\n", True),
        ('<script type="application/json">', False),
        ('<script type="text/javascript">', False),
        ("<script>var page = ", False),
    ],
)
def test_blocks_are_known_by_their_type_or_by_how_they_open(tag: str, is_read: bool) -> None:
    block = json.dumps({"@context": "https://schema.org", **OWN})
    page = parse_text(f"<html><head>{tag}{block}</script></head><body><h1>{TITLE}</h1></body></html>")
    assert is_own(read_json_ld(page.iter("script"), PAGE)) == is_read


def test_a_block_without_a_type_does_not_count_beside_one_with_it() -> None:
    bare = json.dumps({"@context": "https://schema.org", **OWN, "author": "Zed Other"})
    typed = json.dumps(OWN)
    page = parse_text(f'<html><script>{bare}</script><script type="application/ld+json">{typed}</script></html>')
    assert is_own(read_json_ld(page.iter("script"), PAGE))


def test_a_comma_inside_a_string_stays() -> None:
    facts = read(f"{json.dumps(without(OWN, description='one, ] two,} // three'))[:-1]},}}")
    assert facts.description == "one, ] two,} // three"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ({"@type": "Person", "name": "Lee, Ann"}, ["Lee, Ann"]),
        ({"@type": "Person", "name": "Garcia Lopez, Maria"}, ["Garcia Lopez, Maria"]),
        ([{"@type": "Person", "name": "Lee, Ann"}, {"@type": "Person", "name": "Roe, Jo"}], ["Lee, Ann", "Roe, Jo"]),
        ({"@type": "Person", "name": "Ann Lee, Jo Roe"}, ["Ann Lee", "Jo Roe"]),
        ({"@type": "Person", "name": "Ann Lee, editor"}, ["Ann Lee"]),
        ("Ann Lee, Jo Roe", ["Ann Lee", "Jo Roe"]),
    ],
)
def test_one_person_is_one_person(author: Any, names: list[str]) -> None:
    facts = read({**OWN, "author": author})
    assert [one.name for one in clean_authors(facts.authors)] == names


@pytest.mark.parametrize(
    ("role", "found"),
    [
        ({"author": {"@type": "Person", "name": "Lee, Ann"}, "roleName": "Editor"}, [("Lee, Ann", "Editor")]),
        ({"author": ["Ann Lee", "Jo Roe"], "roleName": "Critic"}, [("Ann Lee", "Critic"), ("Jo Roe", "Critic")]),
        ({"creator": {"@id": "#jo"}, "roleName": "https://post.example/roles/1"}, [("Jo Roe", None)]),
        ({"author": {"name": "Ann Lee", "jobTitle": "Columnist"}, "roleName": "writer"}, [("Ann Lee", "Columnist")]),
        ({"name": "Ann Lee"}, [("Ann Lee", None)]),
        ({"roleName": "Reporter"}, []),
    ],
)
@pytest.mark.parametrize("kind", ["Role", "OrganizationRole", "https://schema.org/PerformanceRole"])
def test_an_author_stands_inside_its_role(role: dict[str, Any], found: list[tuple[str, str | None]], kind: str) -> None:
    facts = read({**OWN, "author": [{"@type": kind, **role}]}, {"@type": "Person", "@id": "#jo", "name": "Jo Roe"})
    assert [(one.name, one.role) for one in clean_authors(facts.authors)] == found


def test_roles_inside_roles_end() -> None:
    author: Any = "Ann Lee"
    for _ in range(100):
        author = {"@type": "Role", "author": [author]}
    assert read({**OWN, "author": author}).authors == []


def test_a_creator_counts_where_the_author_has_no_name() -> None:
    facts = read({**OWN, "author": {"@type": "Person", "name": ""}, "creator": ["Ann Lee"]})
    assert [one.name for one in facts.authors] == ["Ann Lee"]


def test_only_a_person_is_one_name() -> None:
    assert not isinstance(read({**OWN, "author": {"@type": "Organization", "name": "A, B"}}).authors[0][0], OneName)


DEEP = [
    ("headline", "[" * 900 + '"x"' + "]" * 900),
    ("author", "[" * 900 + '"x"' + "]" * 900),
    ("image", '{"url":' * 900 + '"x"' + "}" * 900),
    ("isAccessibleForFree", "[" * 900 + "]" * 900),
    ("mainEntity", '{"mainEntity":' * 900 + "{}" + "}" * 900),
    ("keywords", "[" * 5_000 + "]" * 5_000),
    ("datePublished", "9" * 5_000),
    ("description", '"&#' + "1" * 5_000 + ';"'),
]


@pytest.mark.parametrize(("field", "value"), DEEP)
def test_a_field_that_is_too_deep_or_large_costs_itself_alone(field: str, value: str) -> None:
    node = without(OWN, field)
    facts = read(f'{json.dumps(node)[:-1]}, "{field}": {value}}}')
    if len(value) < 5_000 or field == "description":
        assert (facts.headline or TITLE, facts.section) == (TITLE, None)
    assert facts.publisher is None


def test_values_are_cut_and_counted() -> None:
    words = [f"k{number}" for number in range(10_000)]
    node = {**OWN, "description": "x" * 10**6, "keywords": words, "author": ["Ann Lee"] * 10_000}
    facts = read([node, *([{"@type": "Article", "datePublished": "2024-05-03"}] * 10_000)])
    assert len(facts.description or "") == MAX_TEXT
    assert (len(facts.keywords), len(facts.authors)) == (200, 50)
    assert len(facts.published) <= 20


PUMPS = [
    '"@type":' + " " * 200_000,
    '"@type":"' * 100_000,
    '"@type": "Article", ' + '"author" : [' * 80_000,
    '"@type": "Article", ' + '"headline": "' * 80_000,
    '"\\' * 100_000,
    "/*" * 100_000,
    "," * 200_000,
    ", " * 100_000,
    '{"a":' * 200_000,
    "[" * 200_000,
    "{" * 200_000,
    "{}" * 100_000,
    "-->" + " " * 199_000 + "x",
    "&" * 200_000,
]


@pytest.mark.parametrize("pump", PUMPS, ids=[pump[:20] for pump in PUMPS])
def test_four_times_as_much_of_nothing_takes_four_times_as_long(pump: str) -> None:
    """CPU time of two sizes; quadratic would be a ratio of 16, and the small one is large enough to be measured."""
    spent = []
    for size in (50_000, 200_000):
        block = tree("{" + pump[:size])
        start = time.process_time()
        read_json_ld(block.iter("script"), PAGE)
        spent.append(time.process_time() - start)
    assert spent[1] < max(0.5, 12 * spent[0])
