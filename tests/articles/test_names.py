"""Author strings become names."""

import pytest

from transforms.articles.names import clean_authors, split_authors


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("By Jane Roe", ["Jane Roe"]),
        ("Von Klaus Brandner und Eva Stein", ["Klaus Brandner", "Eva Stein"]),
        ("Par Élodie Marchand avec Luc Petit", ["Élodie Marchand", "Luc Petit"]),
        ("Jane Roe, Tom Abara and Ana Pérez", ["Jane Roe", "Tom Abara", "Ana Pérez"]),
        ("Jane Roe; Tom Abara", ["Jane Roe", "Tom Abara"]),
        ("Jane Roe, Political Editor", ["Jane Roe"]),
        ("Jane Roe in Berlin", ["Jane Roe"]),
        ("Jane Roe | Example News", ["Jane Roe"]),
        ("Jane Roe &amp; Tom Abara", ["Jane Roe", "Tom Abara"]),
        ("Jane Roe <jane@example.org>", ["Jane Roe"]),
        ("Jane Roe 30 Sep 2022, 11:07am", ["Jane Roe"]),
        ("Dana Poe, MS, RD", ["Dana Poe, MS, RD"]),
        ("Martin King, Jr.", ["Martin King, Jr."]),
        ("https://social.example.com/jane", []),
        ("admin", []),
        ("Center for Rare Birds", ["Center for Rare Birds"]),
    ],
)
def test_names(raw: str, names: list[str]) -> None:
    assert split_authors(raw) == names


def test_the_publisher_is_an_author_only_alone() -> None:
    assert [
        author.name for author in clean_authors([("Jane Roe", None), ("The Post", None)], publisher="The Post")
    ] == ["Jane Roe"]
    assert [author.name for author in clean_authors([("The Post", None)], publisher="The Post")] == ["The Post"]
