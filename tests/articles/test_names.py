"""Author strings become names."""

import pytest

from transforms.articles.byline_openings import without_about
from transforms.articles.facts import NamedAuthor
from transforms.articles.name_forms import is_faceless, is_person, is_user
from transforms.articles.names import Name, clean_authors, read_names, split_authors


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
        ("Center for Harbour Research and Policy", ["Center for Harbour Research and Policy"]),
        ("View all posts by Jane Roe", ["Jane Roe"]),
        ("Jane Roe (Content Manager)", ["Jane Roe"]),
        ("Jane Roe (Content", ["Jane Roe"]),
        ("Jane Roe, Home and Harbour Expert & Tom Abara, Boat Expert", ["Jane Roe", "Tom Abara"]),
        ("Jane Roe, public sector CTO and VP for customers, Pierworks", ["Jane Roe"]),
        ("Jane Roe Reviewed by Tom Abara", ["Jane Roe"]),
        ("Photos by Jane Roe", []),
        ("Jane Roe Jane Roe", ["Jane Roe"]),
        ("Jane Roe1; Tom Abara2", ["Jane Roe", "Tom Abara"]),
        ("jroe", []),
        ("jane_roe42", []),
        ("jane.roe@post.example", []),
        ("harbour.news", ["harbour.news"]),
        ("window._queue.push(function {load('x')", []),
        ("牛小明、岳大海", ["牛小明", "岳大海"]),
        ("Post author: By Jane Roe", ["Jane Roe"]),
        ("Eingestellt von Klara Brand", ["Klara Brand"]),
        ("Jane Roe For The Ellery Post", ["Jane Roe"]),
        ("By Jane Roe of the Ellery Post", ["Jane Roe"]),
        ("JANE ROE, of The Ellery Post", ["JANE ROE"]),
        ("Jane Roe and Max Muster from the Ellery Post", ["Jane Roe", "Max Muster"]),
        ("Jane Roe at Reuters", ["Jane Roe"]),
        ("Joan of Arc", ["Joan of Arc"]),
        ("Editorial Board of the Ellery Post", ["Editorial Board of the Ellery Post"]),
        ("Friends of the Ellery Museum", ["Friends of the Ellery Museum"]),
        ("Jane Roe Fotos von Tom Abara", ["Jane Roe"]),
        ("Interview: Jane Roe Foto: Tom Abara", ["Jane Roe"]),
        ("Jane Roe, NDR", ["Jane Roe", "NDR"]),
        ("Jane Roe/AFP", ["Jane Roe", "AFP"]),
        ("Jane Roe/Ellery", ["Jane Roe/Ellery"]),
        ("خبرگزاری باشگاه الری | آخرین اخبار بندر و جهان | الری", ["خبرگزاری باشگاه الری"]),
        ("Jane Roe Follow", ["Jane Roe"]),
        ("Ana Pérez @anaperez", ["Ana Pérez"]),
        ("Anna Nowa Fot. Piotr Las", ["Anna Nowa"]),
        ("Carla Neri per Ellery Oggi", ["Carla Neri"]),
        ("Klara Brand und dpa", ["Klara Brand", "dpa"]),
        ("Ana Prado e Lusa", ["Ana Prado", "Lusa"]),
        ("Texto de Ana Prado; fotografia de Rui Vaz", ["Ana Prado"]),
        ("أحمد علي وليد سالم", ["أحمد علي وليد سالم"]),
        ("أحمد ومنى سالم", ["أحمد ومنى سالم"]),
        ("Jane Roe, Ellery.com", ["Jane Roe"]),
        ("Jane Roe, Ellery.com | The Ellery Harbour", ["Jane Roe"]),
        ("Jane Roe, The Plain Harbour", ["Jane Roe"]),
        ("Fact Checked", []),
        ("L’auteur", []),
        ("PIER24.at", ["PIER24.at"]),
        ("Pier24", []),
        ("Redaktion Ellery", ["Redaktion Ellery"]),
        ("Department of Piers, Harbours and Boats", ["Department of Piers, Harbours and Boats"]),
        ("Pierwerk GmbH, Ellerhafen, Germany", ["Pierwerk GmbH"]),
        ("harbour.news, Ellerhafen, Germany", ["harbour.news"]),
        ("jroe[at]post.example", []),
        ("Super User", []),
        ("harbouradmin", []),
        ("No Author", []),
        ("Unbekannt", []),
        ("Gesponserte Inhalte", []),
        ("Alle Artikel", []),
        ("Donnerstag", []),
        ("Von", []),
    ],
)
def test_names(raw: str, names: list[str]) -> None:
    assert split_authors(raw) == names


def test_the_publisher_is_an_author_only_alone() -> None:
    assert [
        author.name for author in clean_authors([("Jane Roe", None), ("The Post", None)], publisher="The Post")
    ] == ["Jane Roe"]
    assert [author.name for author in clean_authors([("The Post", None)], publisher="The Post")] == ["The Post"]


def test_a_company_is_an_author_only_alone() -> None:
    company, person = ("Ellery Media Inc.", None), ("Jane Roe", None)
    assert [author.name for author in clean_authors([company, person])] == ["Jane Roe"]
    assert [author.name for author in clean_authors([company])] == ["Ellery Media Inc."]
    assert [author.name for author in clean_authors([("Ellery Desk", None), person])] == ["Ellery Desk", "Jane Roe"]


def test_the_office_of_the_second_is_not_that_of_the_first() -> None:
    found = read_names("By JANE ROE and SAM ABARA - Harbour Writers")
    assert found == [Name("JANE ROE"), Name("SAM ABARA", "Harbour Writers")]


@pytest.mark.parametrize(
    ("raw", "name", "role"),
    [
        ("By Jane Roe, Political Editor", "Jane Roe", "Political Editor"),
        ("Jane Roe (Content Manager)", "Jane Roe", "Content Manager"),
        ("Jane Roe - Senior Writer", "Jane Roe", "Senior Writer"),
        ("Klara Brand, Redakteurin", "Klara Brand", "Redakteurin"),
        ("Jane Roe | Example News", "Jane Roe", None),
        ("Jane Roe in Port Ellery", "Jane Roe", None),
    ],
)
def test_offices(raw: str, name: str, role: str | None) -> None:
    assert read_names(raw) == [Name(name, role)]


@pytest.mark.parametrize(
    ("strings", "expected"),
    [
        (["Jane Roe Ellery Post", "Tom Abara"], [("Jane Roe", "Person"), ("Tom Abara", "Person")]),
        (["Jane Roe", "BiographyJane Roe"], [("Jane Roe", "Person")]),
        (["Mary Jane Roe", "Jane Roe"], [("Mary Jane Roe", "Person"), ("Jane Roe", "Person")]),
        (["Ellery Post"], [("Ellery Post", "Organization")]),
        (["Reuters"], [("Reuters", "Organization")]),
        (["Harbour Newsroom"], [("Harbour Newsroom", "Organization")]),
        (["Jane"], [("Jane", None)]),
    ],
)
def test_types(strings: list[str], expected: list[tuple[str, str | None]]) -> None:
    authors = clean_authors([NamedAuthor(name) for name in strings], publisher="Ellery Post")
    assert [(author.name, author.type) for author in authors] == expected


def test_what_the_source_says_counts_where_the_form_says_nothing() -> None:
    sources = [NamedAuthor("Jane", None, "Person", "Author"), NamedAuthor("Pierworks", None, "Organization", None)]
    assert [(author.type, author.role) for author in clean_authors(sources)] == [
        ("Person", None), ("Organization", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("About Jane Roe", "Jane Roe"),
        ("Über Klara Brand", "Klara Brand"),
        ("About the author: Jane Roe", "Jane Roe"),
        ("Overbeck", "Overbeck"),
        ("Om Prakash", "Om Prakash"),
    ],
)
def test_notes_on_an_author(line: str, name: str) -> None:
    assert without_about(line) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [("marc", True), ("jroe2", True), ("admin", False), ("guest", False), ("Jane", False), ("jane roe", False)],
)
def test_names_of_users(name: str, expected: bool) -> None:
    assert is_user(name) is expected


def test_names_keep_the_marks_on_their_letters() -> None:
    names = ("אלון בן־גליל", "אֵלוֹן גָּלִיל", "آوا نیک‌نام", "ଆଲୋକ ମହାନ୍ତି", "සුනිල් පෙරේරා", "สมชาย ใจดี", "Ngọc Ánh")
    assert [name for name in names if not is_person(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "Agencia Marea",
        "Anadolu Ajansı",
        "Deutsche Presse-Agentur",
        "dpa-infocom",
        "tass",
        "BBC",
        "Redacción Marea Uno",
        "ΣΥΝΤΑΚΤΙΚΗ ΟΜΑΔΑ",
        "वाराणसी ब्यूरो",
        "Marea.com",
        "Marea Haber Merkezi",
        "海州晚报编辑部",
        "디지털뉴스팀",
    ],
)
def test_desks_and_agencies_of_many_languages_are_organizations(name: str) -> None:
    assert is_faceless(name)
    assert not is_person(name)
    authors = clean_authors([NamedAuthor(name, None, "Person")])
    assert [(author.name, author.type) for author in authors] in ([(name, "Organization")], [])


@pytest.mark.parametrize("name", ["Uppdaterad", "Publicado", "Обновлено"])
def test_a_label_of_a_date_is_no_name(name: str) -> None:
    assert clean_authors([(name, None)]) == ()
